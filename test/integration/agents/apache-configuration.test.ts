// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Apache look so
// What is right is what the real httpd says of itself.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configtest, readConfiguration } from '../../../agents/apache/config/index.ts';
import { AgentFailure } from '../../../agents/kit/index.ts';
import { settings } from '../../fuzz/settings.ts';
import { APACHE, FakeContext, hasApache, MPM, Tree } from '../../helpers/apache.ts';

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly main: string;
  readonly folders?: readonly string[];
  readonly options?: string;
}

/** What ours and what httpd says. */
async function both({ files, main, folders = [], options }: Case) {
  using tree = new Tree(files);
  for (const folder of ['logs', ...folders]) {
    mkdirSync(join(tree.path, folder), { recursive: true });
  }
  // Paths without the folder's own space, for what is separated by spaces.
  const link = `/tmp/bundlet-apache-${process.pid}-${Math.trunc(performance.now() * 1000)}`;
  symlinkSync(tree.path, link);
  const context = new FakeContext();
  try {
    const parameters = {
      configfile: join(tree.path, main),
      httpd: APACHE,
      ...('envvars' in files ? { envfiles: join(link, 'envvars') } : {}),
      ...(options === undefined ? {} : { options: options.replaceAll('@', tree.path) }),
    };
    const ours = await readConfiguration(context, parameters);
    const dump = await context.run({
      path: APACHE,
      args: [
        '-t',
        '-DSTATUS',
        ...ours.options,
        '-f',
        ours.configFile,
        '-D',
        'DUMP_RUN_CFG',
        '-D',
        'DUMP_INCLUDES',
      ],
      env: ours.env,
    });
    const of = (name: string): string | undefined =>
      new RegExp(`^${name}: "(.*)"$`, 'm').exec(dump.stdout)?.[1];
    const read = context.cache.get('apache.configuration') as { fingerprints: ReadonlyMap<string, string> };
    return {
      dump,
      ours: {
        serverRoot: ours.serverRoot,
        pidFile: ours.isPidFileConfigured ? ours.pidFile : undefined,
        files: [...dump.stdout.matchAll(/^\s+\((?:\d+|\*)\) (.*)$/gm)].filter(([, path = '']) =>
          read.fingerprints.has(path),
        ).length,
      },
      theirs: {
        serverRoot: of('ServerRoot'),
        pidFile: ours.isPidFileConfigured ? of('PidFile') : undefined,
        files: [...dump.stdout.matchAll(/^\s+\((?:\d+|\*)\) (.*)$/gm)].length,
      },
      whole: ours,
      path: tree.path,
    };
  } finally {
    rmSync(link);
  }
}

const MODULE = (name: string): string =>
  `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`;
const STATUS = '<Location /server-status>\nSetHandler server-status\n</Location>\n';

const LAYOUTS: Readonly<Record<string, Case & { readonly expected: unknown }>> = {
  Debian: {
    main: 'apache2.conf',
    folders: ['run', 'log'],
    files: {
      'apache2.conf': `ServerRoot "@"\nDefaultRuntimeDir "\${APACHE_RUN_DIR}"\nPidFile "\${APACHE_PID_FILE}"\nUser \${APACHE_RUN_USER}
Group www-data\nErrorLog "\${APACHE_LOG_DIR}/error.log"\nIncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf\nInclude ports.conf\nIncludeOptional sites-enabled/*.conf\n`,
      'ports.conf':
        'Listen 8080\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n<IfModule mod_gnutls.c>\n\tListen 444\n</IfModule>\n',
      'mods-enabled/mpm_event.load': MPM,
      'mods-enabled/status.load': MODULE('authz_core') + MODULE('status'),
      'mods-enabled/status.conf': `<IfModule mod_status.c>\n${STATUS}</IfModule>\n`,
      'sites-enabled/000-default.conf': '<VirtualHost *:8080>\nDocumentRoot /var/www\n</VirtualHost>\n',
      envvars:
        'export APACHE_RUN_USER=www-data\nfor name in RUN LOG; do\n  eval "export APACHE_${name}_DIR=\'@/$(echo $name | tr A-Z a-z)\'"\ndone\nexport APACHE_PID_FILE="$APACHE_RUN_DIR/apache2.pid"\n',
    },
    expected: { listens: [{ port: 8080, protocol: 'http' }], statusPath: '/server-status' },
  },
  RHEL: {
    main: 'conf/httpd.conf',
    folders: ['run'],
    files: {
      'conf/httpd.conf':
        'ServerRoot "@"\nListen 8080\nInclude conf.modules.d/*.conf\nUser www-data\nErrorLog "logs/error_log"\nPidFile run/httpd.pid\nIncludeOptional conf.d/*.conf\n',
      'conf.modules.d/00-mpm.conf': MPM,
      'conf.modules.d/00-ssl.conf': MODULE('ssl'),
      'conf.d/ssl.conf':
        'Listen 8443 https\nSSLSessionCache none\n<VirtualHost _default_:8443>\nSSLEngine off\n</VirtualHost>\n',
    },
    expected: {
      listens: [
        { port: 8080, protocol: 'http' },
        { port: 8443, protocol: 'http' },
      ],
    },
  },
  SUSE: {
    main: 'httpd.conf',
    folders: ['run', 'vhosts.d'],
    files: {
      'httpd.conf':
        'ServerRoot "@"\nInclude "@/uid.conf"\nInclude sysconfig.d/loadmodule.conf\nInclude listen.conf\nPidFile "@/run/httpd.pid"\n<IfDefine !NOSTATUS>\nInclude sysconfig.d/include.conf\n</IfDefine>\nIncludeOptional vhosts.d/*.conf\n',
      'uid.conf': 'User www-data\nGroup www-data\n',
      'listen.conf': 'Listen 8080\n<IfDefine SSL>\n<IfDefine !NOSSL>\nListen 443\n</IfDefine>\n</IfDefine>\n',
      'sysconfig.d/loadmodule.conf': MPM,
      'sysconfig.d/include.conf': `${MODULE('authz_core')}${MODULE('status')}${STATUS}`,
    },
    expected: { listens: [{ port: 8080, protocol: 'http' }], statusPath: '/server-status' },
  },
  'the command line': {
    main: 'a b ü.conf',
    options: '-DSSL -C "ServerRoot \'@\'" -c "PidFile \'x y\'"',
    files: {
      'a b ü.conf': `${MPM}\n<IfDefine SSL>\nListen 8081\n</IfDefine>\nInclude "sub dir/x.conf"`,
      'sub dir/x.conf': 'PidFile z\n',
    },
    expected: { listens: [{ port: 8081, protocol: 'http' }] },
  },
};

describe.runIf(hasApache)('ours and httpd agree', () => {
  it.each(Object.entries(LAYOUTS))('about a layout as of %s', async (_, { expected, ...layout }) => {
    const { ours, theirs, whole, dump } = await both(layout);
    expect(dump.stderr).not.toMatch(/rror/);
    expect(ours).toEqual(theirs);
    expect(theirs.files).toBe(Object.keys(layout.files).filter((name) => name !== 'envvars').length);
    expect(whole).toMatchObject({ isPidFileConfigured: true, problems: [], ...(expected as object) });
  });

  const piece = fc.constantFrom(
    ...[
      'PidFile a',
      'PidFile "b c"',
      'PidFile /d',
      "PidFile 'e \\'f'",
      'PidFile ${X}',
      'PidFile "g${Y}"',
      'PidFile \\\\h',
    ],
    ...[
      'Define X one',
      'Define X "two 2"',
      'Define Y',
      'UnDefine X',
      'UnDefine Y',
      'Define Y ${X}',
      'ServerRoot "@"',
    ],
    ...[
      'ServerRoot "@/sub"',
      'Include "@/i.conf"',
      'IncludeOptional i*.conf',
      'IncludeOptional no*.conf',
      'Include "@/sub"',
    ],
    ...['#PidFile no', '#PidFile no\\', '  pidfile   i  ', 'PidFile j\\', 'Listen 8080', '', MPM],
    ...[
      '<IfDefine X>',
      '<IfDefine !X>',
      '<IfDefine Y>',
      '<IfModule event.c>',
      '<IfModule !mpm_event_module>',
    ],
    ...[
      '<IfModule core.c>',
      '<IfVersion >= 2.4.1>',
      '<IfVersion < 2.4>',
      '<IfFile "@/i.conf">',
      '<IfFile !"@/none">',
      '<IfFile "!@/none">',
    ],
    ...['</IfDefine>', '</IfDefine>', '</IfModule>', '</IfVersion>', '</IfFile>'],
  );
  it('about random configurations, where httpd takes them', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.array(piece, { maxLength: 4 }),
        async (main, included) => {
          const text = (pieces: readonly string[]): string => {
            // What is open is closed, so that httpd takes more of them.
            const open: string[] = [];
            const lines = pieces.flatMap((line) => {
              if (line.startsWith('</')) {
                const isOpen = open.at(-1) === line.slice(2, -1);
                open.length -= isOpen ? 1 : 0;
                return isOpen ? [line] : [];
              }
              open.push(...(line.startsWith('<') ? [line.slice(1).split(' ')[0] ?? ''] : []));
              return [line];
            });
            return [...lines, '', ...open.reverse().map((name) => `</${name}>`), ''].join('\n');
          };
          const { ours, theirs, dump } = await both({
            main: 'c.conf',
            folders: ['sub/logs'],
            files: {
              'c.conf': `ServerRoot "@"\n<IfModule !mpm_event_module>\n${MPM}\n</IfModule>\n${text(main)}`,
              'i.conf': text(included.filter((line) => !/^Include/.test(line))),
              'sub/i2.conf': 'PidFile of-sub\n',
            },
          });
          if (dump.code === 0) {
            taken += 1;
            expect(ours).toEqual(theirs);
          }
        },
      ),
      { ...settings(60), endOnFailure: false },
    );
    expect(taken).toBeGreaterThan(10);
  }, 300_000);
});

describe.runIf(hasApache)('a configuration test', () => {
  it('passes, or gives what httpd says', async () => {
    using tree = new Tree({ 'c.conf': `ServerRoot "@"\n${MPM}\nListen 8080\n` });
    mkdirSync(join(tree.path, 'logs'));
    const context = new FakeContext();
    const configfile = join(tree.path, 'c.conf');
    const configuration = await readConfiguration(context, { configfile, httpd: APACHE });
    await configtest(context, configuration);
    tree.write('c.conf', `ServerRoot "@"\n${MPM}\nListen 8080\nNonsense on\n`);
    const error = await configtest(context, configuration).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AgentFailure);
    expect(error).toMatchObject({ code: 6 });
    expect((error as Error).message).toBe(
      `Expected ${APACHE} -t to accept ${configfile}, got: AH00526: Syntax error on line 4 of ${configfile}:; Invalid command 'Nonsense', perhaps misspelled or defined by a module not included in the server configuration`,
    );
    expect(
      await configtest(context, { ...configuration, httpd: '/nowhere' }).catch((reason) => reason),
    ).toMatchObject({
      code: 1,
      message: expect.stringMatching(/ENOENT$/),
    });
  });
});
