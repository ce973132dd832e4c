// Debian's real Apache in namespaces with the built daemon: a /run, a /var/log and an /etc/apache2 of their own.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { type ProcessInfo, until } from '../../../helpers/pid-namespace.ts';
import {
  type AgentStage,
  type CallExtras,
  type CallResult,
  openAgentStage,
  type Way,
} from '../call-agent.ts';

/** Ways that differ for an agent: a process of its own, or the daemon's. */
export const APACHE_WAYS = ['executable', 'in-process'] as const satisfies readonly Way[];

export const DEBIAN_CONFIG = '/etc/apache2/apache2.conf';

const PRELUDE = `
mount -t tmpfs tmpfs /run && mkdir -p /run/lock /run/resource-agents
mount -t tmpfs tmpfs /var/log/apache2
cp -a /etc/apache2 "$scratch/etc-apache2" && mount --bind "$scratch/etc-apache2" /etc/apache2`;

type Parameters = Readonly<Record<string, string>>;

/** A server without Debian's configuration: one file, below /run. */
export interface Site {
  readonly port: number;
  /** Default: /run/site/site.conf. */
  readonly file?: string;
  /** Default: the PID file beside it. */
  readonly pidFile?: string;
  /** More lines. */
  readonly lines?: readonly string[];
  /** Default: `Listen 127.0.0.1:PORT`. */
  readonly listen?: string;
  readonly modules?: readonly string[];
  /** Default: event. */
  readonly mpm?: 'event' | 'prefork';
}

export interface ApacheStage extends AsyncDisposable {
  readonly stage: AgentStage;
  call(action: string, parameters?: Parameters, extras?: CallExtras): Promise<CallResult>;
  /** Runs shell text inside, and gives what it prints. */
  sh(text: string): Promise<string>;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Writes a site with a page `/` that has an end of HTML, and gives its parameters. */
  site(site: Site): Parameters;
  /** All of httpd's in the namespace that are no zombies. */
  servers(): readonly ProcessInfo[];
  /** What a PID file names, as the test sees it; fails if it is none of httpd's. */
  main(pidFile?: string): ProcessInfo;
}

export const PAGE = '<html><body>It works</body></html>\n';

export async function openApacheStage(way: Way): Promise<ApacheStage> {
  const stage = await openAgentStage(way, { prelude: PRELUDE });
  const { namespace } = stage.daemon;
  const outside = (path: string): string => `/proc/${namespace.initPid}/root${path}`;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(outside(path)), { recursive: true });
    writeFileSync(outside(path), text);
  };
  const read = (path: string): string => readFileSync(outside(path), 'utf8');
  const servers = (): readonly ProcessInfo[] =>
    namespace.processes().filter(({ name, state }) => name === 'apache2' && state !== 'Z');
  return {
    stage,
    call: (action, parameters, extras) => stage.call('apache', action, parameters, extras),
    sh: async (text) => {
      const inside = ['--target', String(namespace.initPid), '--pid', '--mount', '--', 'sh', '-c', text];
      return (await promisify(execFile)('nsenter', inside, { cwd: '/' })).stdout;
    },
    write,
    read,
    site: ({ port, file = '/run/site/site.conf', ...site }) => {
      const folder = dirname(file);
      write(`${folder}/www/index.html`, PAGE);
      write(file, siteText(folder, { port, ...site }));
      return { configfile: file, envfiles: '/nonexistent' };
    },
    servers,
    main: (pidFile = '/run/apache2/apache2.pid') => {
      const inner = Number(read(pidFile));
      const found = servers().find(({ innerPid }) => innerPid === inner);
      if (found === undefined) {
        throw new Error(`Expected ${pidFile} to name a server, got ${inner}`);
      }
      return found;
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

function siteText(
  folder: string,
  {
    port,
    pidFile = 'apache.pid',
    lines = [],
    listen = `127.0.0.1:${port}`,
    modules = [],
    mpm = 'event',
  }: Site,
): string {
  const loaded = [`mpm_${mpm}`, 'authz_core', 'dir', ...modules].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  return [
    `ServerRoot "${folder}"`,
    'ServerName localhost',
    `PidFile ${pidFile}`,
    `DefaultRuntimeDir "${folder}"`,
    `ErrorLog "${folder}/error.log"`,
    'User www-data',
    'Group www-data',
    ...loaded,
    `Listen ${listen}`,
    'StartServers 1',
    `DocumentRoot "${folder}/www"`,
    ...lines,
    '',
  ].join('\n');
}

/** Waits until a process that the test has killed is gone, or a zombie. */
export const untilEnded = ({ servers }: ApacheStage, { pid }: ProcessInfo): Promise<void> =>
  until(() => servers().every((one) => one.pid !== pid), `process ${pid} to end`);
