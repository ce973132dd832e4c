// A small container for agents: a PID namespace with pcmk-init as PID 1 and an empty /run. Its standard output is the
// container's log.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type PidNamespace, startInPidNamespace, until } from '../../helpers/pid-namespace.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
export const FIXTURES = resolve(ROOT, 'test/fixtures/agents');

/** What came of one action. */
export interface Answer {
  readonly rc: number;
  /** The last exit reason; undefined if there is none. */
  readonly reason: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  /** Default: `thing`. */
  readonly instance?: string;
  /** In ms. Default: 20 s. */
  readonly timeoutMs?: number;
  /** In ms; 0 is a probe. Default: 10 s. */
  readonly intervalMs?: number;
  readonly level?: number;
}

export interface Container extends AsyncDisposable {
  readonly box: PidNamespace;
  call(action: string, parameters: Readonly<Record<string, string>>, call?: Call): Promise<Answer>;
  /** Events of the log, those of `resource.output` only. */
  output(): readonly Readonly<Record<string, unknown>>[];
}

/** How an agent is called; the container's PID 1, the environment, the action. */
export type Way = (pid: number, env: Readonly<Record<string, string>>, action: string) => Promise<Answer>;

/** The file that OCF names. */
export const asExecutable =
  (agent: string): Way =>
  (pid, env, action) =>
    new Promise((done) => {
      const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const program = resolve(ROOT, 'build/ocf/resource.d/bundlet', agent);
      const inside = [
        '--target',
        String(pid),
        '--pid',
        '--mount',
        '--',
        'env',
        '-i',
        ...words,
        program,
        action,
      ];
      execFile('nsenter', inside, { cwd: '/' }, (error, stdout, stderr) => {
        const [, ...reasons] = stderr.split('ocf-exit-reason:');
        const rc = error === null ? 0 : Number(error.code ?? 255);
        done({ rc, reason: reasons.at(-1)?.split('\n')[0], stdout, stderr });
      });
    });

export async function startContainer(way: Way): Promise<Container> {
  const init = resolve(ROOT, 'build/pcmk-init');
  // Container engines give PID 1 a pipe; Node gives its children a socket, which can't be opened anew.
  const log = 'mkfifo /run/log && { cat /run/log & }';
  const begin = `mount -t tmpfs none /run && mkdir /run/agents && ${log} && exec "${init}" infinity >/run/log`;
  const box = await startInPidNamespace(['/bin/sh', '-c', begin], {
    env: { BUNDLET_DAEMON: '/bin/sleep', BUNDLET_INIT_ENV_FILE: '/nonexistent', PCMK_logfile: 'none' },
  });
  await until(
    () => box.processes().some(({ name, innerPid }) => name === 'sleep' && innerPid > 1),
    () => `the container has begun, got ${box.stderr()}`,
  );
  return {
    box,
    call: (
      action,
      parameters,
      { instance = 'thing', timeoutMs = 20_000, intervalMs = 10_000, level = 0 } = {},
    ) =>
      way(
        box.initPid,
        {
          PATH: process.env['PATH'] ?? '',
          OCF_ROOT: '/usr/lib/ocf',
          OCF_RA_VERSION_MAJOR: '1',
          OCF_RA_VERSION_MINOR: '1',
          OCF_RESOURCE_INSTANCE: instance,
          OCF_CHECK_LEVEL: String(level),
          OCF_RESKEY_CRM_meta_timeout: String(timeoutMs),
          OCF_RESKEY_CRM_meta_interval: String(intervalMs),
          ...Object.fromEntries(
            Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value]),
          ),
        },
        action,
      ),
    output: () =>
      box
        .stdout()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
        .filter(({ event }) => event === 'resource.output'),
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}

/** The words of a process's command line. */
export function wordsOf(pid: number): readonly string[] {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, 'utf8').split('\0') : [];
}
