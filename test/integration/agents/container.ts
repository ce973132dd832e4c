// A small container for agents: a PID namespace with pcmk-init as PID 1, the daemon and an empty /run. Its standard output
// is the container's log.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PidNamespace } from '../../helpers/pid-namespace.ts';
import type { RunningDaemon } from '../daemon/support.ts';
import { openAgentStage, type Way } from './call-agent.ts';

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
  readonly daemon: RunningDaemon;
  call(action: string, parameters: Readonly<Record<string, string>>, call?: Call): Promise<Answer>;
  /** Events of the log, those of `resource.output` only. */
  output(): readonly Readonly<Record<string, unknown>>[];
}

/**
 * Starts a container in which one agent is called in one way. Its standard output is a pipe, as container engines give it:
 * Node gives its children a socket, which can't be opened anew.
 */
export async function startContainer(agent: string, way: Way): Promise<Container> {
  const log = 'mkfifo /run/log && { cat /run/log & } && exec >/run/log';
  const prelude = `mount -t tmpfs none /run && mkdir /run/agents && ${log}`;
  const stage = await openAgentStage(way, { prelude });
  const { namespace: box } = stage.daemon;
  return {
    box,
    daemon: stage.daemon,
    call: async (action, parameters, { level, ...extras } = {}) => {
      const instance = 'thing';
      const checkLevel = level === undefined ? {} : { checkLevel: level };
      const result = await stage.call(agent, action, parameters, { instance, ...extras, ...checkLevel });
      return { ...result, reason: result.reason === '' ? undefined : result.reason };
    },
    output: () => stage.daemon.log().filter(({ event }) => event === 'resource.output'),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

/** The words of a process's command line. */
export function wordsOf(pid: number): readonly string[] {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, 'utf8').split('\0') : [];
}
