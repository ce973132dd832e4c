// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Apache look so
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../../../../agents/apache/config/index.ts';
import { AgentFailure } from '../../../../../agents/kit/index.ts';
import { FakeContext, Tree } from '../../../../helpers/apache.ts';

/** Answers as an httpd that nobody has configured. */
const HTTPD = `#!/bin/sh
case $1 in
  -V) echo 'Server version: Apache/2.4.62 (Unix)'; echo ' -D HTTPD_ROOT="@"' ;;
  -l) echo 'Compiled in modules:'; echo '  core.c'; echo '  http_core.c'; echo '  event.c' ;;
esac
`;

const BASE = 'ServerRoot "@"\n';

async function read(
  files: Readonly<Record<string, string>>,
  { options, port, env }: { options?: string; port?: number; env?: Record<string, string> } = {},
) {
  const tree = new Tree({ 'bin/httpd': HTTPD, ...files });
  const { chmodSync } = await import('node:fs');
  chmodSync(join(tree.path, 'bin/httpd'), 0o755);
  const context = new FakeContext({ PATH: '/usr/bin:/bin', ...env });
  const parameters = {
    configfile: join(tree.path, 'httpd.conf'),
    httpd: join(tree.path, 'bin/httpd'),
    ...(options === undefined ? {} : { options: options.replaceAll('@', tree.path) }),
    ...(port === undefined ? {} : { port }),
  };
  const again = () => readConfiguration(context, parameters);
  return { tree, context, again, found: await again(), [Symbol.dispose]: () => tree[Symbol.dispose]() };
}

/** A pid file of a configuration, below the folder. */
async function pidFile(
  text: string,
  more: Parameters<typeof read>[1] & { files?: Record<string, string> } = {},
) {
  using done = await read({ 'httpd.conf': BASE + text, ...more.files }, more);
  return done.found.pidFile.replace(done.tree.path, '@');
}

describe('the pid file', () => {
  it.each([
    ['PidFile run/a.pid', '@/run/a.pid'],
    ['PidFile /run/a.pid', '/run/a.pid'],
    ['PidFile "/run/a b/ü.pid"', '/run/a b/ü.pid'],
    ['pidfile a\nPIDFILE b', '@/b'],
    ['Pid\\\nFile a', '@/a'],
    ['#PidFile a\nPidFile b # no comment', '@/b'],
    ['PidFile /x;touch\\ canary', '/x;touch\\'],
    ['PidFile "$(touch canary)"', '@/$(touch canary)'],
    ['PidFile `id`', '@/`id`'],
    ['Define where /run/x\nPidFile ${where}/a', '/run/x/a'],
    ['Define where ${HERE}\nPidFile ${where}/a', '/env/a'],
    ['PidFile ${HERE}/a', '/env/a'],
    ['Define HERE /defined\nPidFile ${HERE}/a', '/defined/a'],
    ['Define HERE /defined\nUnDefine HERE\nPidFile ${HERE}/a', '/env/a'],
    ['PidFile ${NOWHERE}/a', '@/${NOWHERE}/a'],
    ['<IfDefine STATUS>\nPidFile a\n</IfDefine>', '@/a'],
    [
      'PidFile a\n<IfDefine !STATUS>\nPidFile b\n<IfDefine STATUS>\nPidFile c\n</IfDefine>\n</IfDefine>',
      '@/a',
    ],
    ['Define X\n<IfDefine X>\nPidFile a\n</IfDefine>', '@/a'],
    ['PidFile a\nUnDefine STATUS\n<IfDefine STATUS>\nPidFile b\n</IfDefine>', '@/a'],
    ['LoadModule ssl_module modules/mod_ssl.so\n<IfModule ssl_module>\nPidFile a\n</IfModule>', '@/a'],
    ['LoadModule ssl_module modules/mod_ssl.so\n<IfModule mod_ssl.c>\nPidFile a\n</IfModule>', '@/a'],
    ['PidFile a\n<IfModule ssl_module>\nPidFile b\n</IfModule>', '@/a'],
    ['<IfModule http_core.c>\nPidFile a\n</IfModule>', '@/a'],
    ['<IfModule http_module>\n<IfModule mpm_event_module>\nPidFile a\n</IfModule>\n</IfModule>', '@/a'],
    ['PidFile a\n<IfModule !core.c>\nPidFile b\n</IfModule>', '@/a'],
    ['<IfFile httpd.conf>\nPidFile a\n</IfFile>', '@/a'],
    ['<IfFile !nothing>\nPidFile a\n</IfFile>', '@/a'],
    ['PidFile a\n<IfVersion < 2.4>\nPidFile b\n</IfVersion>', '@/a'],
    ['<IfVersion >= 2.4>\nPidFile a\n</IfVersion>', '@/a'],
    ['<IfVersion 2.4.62>\nPidFile a\n</IfVersion>', '@/a'],
    ['PidFile a\n<Macro m $x>\nPidFile $x\n</Macro>', '@/a'],
    ['Include more.conf', '@/more'],
    ['Include "@/more.conf"', '@/more'],
    ['IncludeOptional more.co[n]f', '@/more'],
    ['IncludeOptional nothing/*.conf\nPidFile a', '@/a'],
    ['Include conf.d', '@/second'],
    ['Include conf.d/*.conf', '@/second'],
    ['Include c*/1*.conf', '@/first'],
    ['ServerRoot "@/conf.d"\nInclude 1.conf', '@/conf.d/first'],
    ['', '/var/run/httpd-web.pid'],
  ])('of %j is %s', async (text, expected) => {
    const files = {
      'more.conf': 'PidFile more',
      'conf.d/1.conf': 'PidFile first',
      'conf.d/2.conf': 'PidFile second',
      'conf.d/.hidden': '# nothing',
    };
    expect(await pidFile(text, { files, env: { HERE: '/env' } })).toBe(expected);
    expect(existsSync('canary')).toBe(false);
  });

  it.each([
    ['-DWHERE', '<IfDefine WHERE>\nPidFile a\n</IfDefine>', '@/a'],
    ['-D WHERE', '<IfDefine WHERE>\nPidFile a\n</IfDefine>', '@/a'],
    ['-c "PidFile b"', 'PidFile a', '@/b'],
    ['-C "PidFile b"', 'PidFile a', '@/a'],
    ['-C "Define x b" -X', 'PidFile ${x}', '@/b'],
    ['-e debug -c \'PidFile "a b"\'', '', '@/a b'],
    ['-c', 'PidFile a', '@/a'],
  ])('with options %s', async (options, text, expected) => {
    expect(await pidFile(text, { options })).toBe(expected);
  });

  it('is below the ServerRoot of -d, or of the program', async () => {
    using one = await read({ 'httpd.conf': 'PidFile a' }, { options: '-d /there' });
    expect(one.found).toMatchObject({ pidFile: '/there/a', isPidFileConfigured: true });
    using other = await read({ 'httpd.conf': 'PidFile a' });
    expect(other.found).toMatchObject({ pidFile: join(other.tree.path, 'a'), serverRoot: other.tree.path });
  });
});

describe('where it listens', () => {
  const TLS = 'LoadModule ssl_module modules/mod_ssl.so\n';
  it.each([
    ['', [{ port: 80, protocol: 'http' }]],
    ['Listen 8080', [{ port: 8080, protocol: 'http' }]],
    [
      'Listen 127.0.0.1:8080\nListen [::1]:8080',
      [
        { address: '127.0.0.1', port: 8080, protocol: 'http' },
        { address: '::1', port: 8080, protocol: 'http' },
      ],
    ],
    [
      'Listen *:81\nListen 81\nListen [fe80::1%eth0]:82',
      [
        { port: 81, protocol: 'http' },
        { address: 'fe80::1%eth0', port: 82, protocol: 'http' },
      ],
    ],
    ['Listen 0\nListen nonsense\nListen 99999', [{ port: 0, protocol: 'http' }]],
    ['Listen 443', [{ port: 443, protocol: 'http' }]],
    [`${TLS}Listen 443`, [{ port: 443, protocol: 'https' }]],
    [`${TLS}Listen 8443 https`, [{ port: 8443, protocol: 'https' }]],
    [`${TLS}Listen 443 http`, [{ port: 443, protocol: 'http' }]],
    [
      `${TLS}Listen 80\nListen 8443\n<VirtualHost *:8443>\nSSLEngine on\n</VirtualHost>`,
      [
        { port: 80, protocol: 'http' },
        { port: 8443, protocol: 'https' },
      ],
    ],
    [
      `${TLS}Listen 443\n<VirtualHost _default_:443>\nSSLEngine off\n</VirtualHost>`,
      [{ port: 443, protocol: 'http' }],
    ],
    [
      `${TLS}Listen 80\nListen 81\nSSLEngine on\n<VirtualHost *:81>\nSSLEngine off\n</VirtualHost>`,
      [
        { port: 80, protocol: 'https' },
        { port: 81, protocol: 'http' },
      ],
    ],
    [
      `${TLS}Listen 10.0.0.1:80\nListen 10.0.0.2:80\n<VirtualHost 10.0.0.2:80>\nSSLEngine on\n</VirtualHost>`,
      [
        { address: '10.0.0.1', port: 80, protocol: 'http' },
        { address: '10.0.0.2', port: 80, protocol: 'https' },
      ],
    ],
    [
      `${TLS}Listen [::1]:80\n<VirtualHost [::1]:80>\nSSLEngine on\n</VirtualHost>`,
      [{ address: '::1', port: 80, protocol: 'https' }],
    ],
    ['<VirtualHost *:80>\nListen 99\n</VirtualHost>', [{ port: 80, protocol: 'http' }]],
  ])('by %j', async (text, expected) => {
    using done = await read({ 'httpd.conf': BASE + text });
    expect(done.found.listens).toEqual(expected);
  });

  it('is the parameter where nothing is said', async () => {
    using done = await read({ 'httpd.conf': BASE }, { port: 8080 });
    expect(done.found.listens).toEqual([{ port: 8080, protocol: 'http' }]);
  });
});

describe('the status page', () => {
  it.each([
    ['<Location /server-status>\nSetHandler server-status\n</Location>', '/server-status'],
    ['<location "/a b">\n  sethandler "server-status"\n</location>', '/a b'],
    ['<VirtualHost *:80>\n<Location /s>\nSetHandler server-status\n</Location>\n</VirtualHost>', '/s'],
    [
      '<IfModule core.c>\n<Location /s>\n<IfDefine STATUS>\nSetHandler server-status\n</IfDefine>\n</Location>\n</IfModule>',
      '/s',
    ],
    [
      '<Location /a>\nSetHandler server-status\n</Location>\n<Location /b>\nSetHandler server-status\n</Location>',
      '/b',
    ],
    ['<Location /a>\nSetHandler server-info\n</Location>', undefined],
    ['<LocationMatch ^/a>\nSetHandler server-status\n</LocationMatch>', undefined],
    ['<Location ~ ^/a>\nSetHandler server-status\n</Location>', undefined],
    ['SetHandler server-status', undefined],
    ['#<Location /a>\nSetHandler server-status\n#</Location>', undefined],
  ])('of %j is %s', async (text, expected) => {
    using done = await read({ 'httpd.conf': BASE + text });
    expect(done.found.statusPath).toBe(expected);
    expect(done.found.problems).toEqual([]);
  });
});

it('knows the directories that must be there', async () => {
  const text = `${BASE}User www
PidFile run/httpd.pid
DefaultRuntimeDir rt
ErrorLog "|/usr/bin/logger -p x"
CustomLog /var/log/site/access.log combined
TransferLog syslog:local1
Mutex file:/var/lock/site default
SSLSessionCache shmcb:/var/cache/ssl/scache(512000)
Scriptsock sock/cgid`;
  using done = await read({ 'httpd.conf': text });
  expect(
    done.found.runDirectories.map((one) => ({ ...one, path: one.path.replace(done.tree.path, '@') })),
  ).toEqual([
    { path: '@/run' },
    { path: '@/rt' },
    { path: '/var/log/site' },
    { path: '/var/lock/site', owner: 'www' },
    { path: '/var/cache/ssl' },
    { path: '@/sock' },
  ]);
});

describe('what httpd would refuse', () => {
  it.each([
    ['Include nothing.conf', /^Expected the file @\/nothing.conf to be included, got ENOENT$/],
    ['Include nothing*.conf', /^Expected files that match @\/nothing\*.conf to be included, got none$/],
    ['</IfModule>', /got <\/ifmodule> at @\/httpd.conf:3$/],
    ['Include /dev/zero', /^Expected the file \/dev\/zero to be included, got something else than a file$/],
    ['Include httpd.conf', /Expected at most 5000 files in 128 levels .* does a file include itself\?$/],
    [
      'Include httpd.conf\nInclude httpd.conf\nInclude httpd.conf',
      /Expected at most 5000 files in 128 levels/,
    ],
  ])('is told and read over: %j', async (text, problem) => {
    using done = await read({ 'httpd.conf': `${BASE}PidFile a\n${text}` });
    expect(done.found.pidFile).toBe(join(done.tree.path, 'a'));
    expect(done.found.problems[0]?.replaceAll(done.tree.path, '@')).toMatch(problem);
    expect(done.found.problems.length).toBeLessThanOrEqual(20);
  });
});

it('reads 1,000 files', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 1000 }, (_, n) => [`conf.d/${n}.conf`, `Listen ${n + 1}`]),
  );
  using done = await read({ 'httpd.conf': `${BASE}Include conf.d/*.conf`, ...files });
  expect([done.found.listens.length, done.found.problems]).toEqual([1000, []]);
});

describe('what is remembered', () => {
  it('lasts until a file changes, comes or goes', async () => {
    using done = await read({
      'httpd.conf': `${BASE}PidFile a\nIncludeOptional conf.d/*.conf\n<IfModule core.c>\n</IfModule>`,
      'conf.d/1.conf': 'Listen 81',
    });
    const { runs } = done.context;
    expect(runs).toBeGreaterThan(0);
    const same = await done.again();
    expect([done.context.runs, same.listens]).toEqual([runs, done.found.listens]);
    done.tree.write('conf.d/2.conf', 'Listen 82');
    expect((await done.again()).listens.map(({ port }) => port)).toEqual([81, 82]);
    done.tree.write('conf.d/2.conf', 'Listen 8282');
    expect((await done.again()).listens.map(({ port }) => port)).toEqual([81, 8282]);
    rmSync(join(done.tree.path, 'conf.d/1.conf'));
    expect((await done.again()).listens.map(({ port }) => port)).toEqual([8282]);
    rmSync(join(done.tree.path, 'httpd.conf'));
    await expect(done.again()).rejects.toMatchObject({ code: 5 });
  });

  it('is of these parameters and this environment', async () => {
    using done = await read({ 'httpd.conf': `${BASE}PidFile a`, envvars: 'export A=1 B="$X"; unset HOME' });
    const { context, tree } = done;
    const parameters = {
      configfile: join(tree.path, 'httpd.conf'),
      httpd: join(tree.path, 'bin/httpd'),
    };
    expect((await readConfiguration(context, { ...parameters, port: 9 })).listens).toEqual([
      { port: 9, protocol: 'http' },
    ]);
    // A list is separated by spaces, so that the folder's own is no path in it.
    const link = `/tmp/bundlet-envvars-${process.pid}`;
    symlinkSync(join(tree.path, 'envvars'), link);
    try {
      const envfiles = `/nowhere ${link}`;
      context.env['X'] = 'x';
      context.env['HOME'] = '/home';
      const first = await readConfiguration(context, { ...parameters, envfiles });
      expect(first.env).toEqual({ PATH: '/usr/bin:/bin', X: 'x', A: '1', B: 'x' });
      const { runs } = context;
      context.env['OCF_RESKEY_CRM_meta_timeout'] = '5';
      const second = await readConfiguration(context, { ...parameters, envfiles });
      expect(second.env).toEqual({ ...first.env, OCF_RESKEY_CRM_meta_timeout: '5' });
      expect(context.runs).toBe(runs);
      writeFileSync(join(tree.path, 'envvars'), 'echo noise; A="no end');
      await expect(readConfiguration(context, { ...parameters, envfiles })).rejects.toMatchObject({
        code: 6,
      });
    } finally {
      rmSync(link);
    }
  });
});

describe('what is missing', () => {
  const failure = (parameters: Parameters<typeof readConfiguration>[1]) =>
    readConfiguration(new FakeContext(), parameters).then(
      () => expect.fail('found'),
      (error: AgentFailure) => {
        expect(error).toBeInstanceOf(AgentFailure);
        return [error.code, error.message];
      },
    );

  it('is told, the program first', async () => {
    using tree = new Tree({ 'httpd.conf': '' });
    mkdirSync(join(tree.path, 'folder'));
    const configfile = join(tree.path, 'httpd.conf');
    expect(await failure({ httpd: '/nowhere/httpd', configfile })).toEqual([
      5,
      'Expected the program httpd at /nowhere/httpd, got none: check the parameter',
    ]);
    expect(await failure({ httpd: configfile, configfile })).toEqual([
      5,
      expect.stringMatching(/got EACCES: check/),
    ]);
    expect(await failure({ httpd: 'httpd', configfile })).toEqual([
      6,
      expect.stringMatching(/an absolute path/),
    ]);
    const httpd = '/bin/true';
    expect(await failure({ httpd, configfile: join(tree.path, 'none') })).toEqual([
      5,
      expect.stringMatching(/^Expected the configuration file at .*none, got none: check/),
    ]);
    expect(await failure({ httpd, configfile: join(tree.path, 'folder') })).toEqual([
      5,
      expect.stringMatching(/got something else/),
    ]);
    // No ServerRoot: /bin/true is asked for it.
    tree.write('httpd.conf', 'PidFile a');
    expect(await failure({ httpd, configfile })).toEqual([
      5,
      expect.stringMatching(/to tell of an Apache httpd, got/),
    ]);
  });
});
