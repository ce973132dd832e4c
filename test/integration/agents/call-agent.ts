// One of our agents, run in each of the ways that it can be run: all of its tests go through here, so that they are the
// same for all ways.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Completion, RemoteClient } from '../../../src/client/index.ts';
import { agentEnvironment } from '../../../src/config/environment.ts';
import type { Action } from '../../../src/standards/action.ts';
import { exitReasonIn } from '../../../src/standards/exit-reason.ts';
import { ocfEnvironment } from '../../../src/standards/ocf-environment.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { type LogLine, type RunningDaemon, startDaemon } from '../daemon/support.ts';

/**
 * `executable`: its file, with the environment that Pacemaker gives. `program`: the same by way of the daemon, which is
 * told to run nothing of ours inside. `in-process`: inside the daemon, which is checked.
 */
export const WAYS = ['executable', 'program', 'in-process'] as const;
export type Way = (typeof WAYS)[number];

const OCF_ROOT = resolve(import.meta.dirname, '../../../build/ocf');
const OWN_AGENTS = resolve(import.meta.dirname, '../../../build/root/usr/lib/bundlet/ocf/resource.d');

const DEFAULT_TIMEOUT_MS = 20_000;

/** Added to the limit of an executable, whose own clock begins when Node has started: on a busy machine that takes a while. */
const START_ALLOWANCE_MS = 10_000;

/** Actions whose answer is on standard output. */
const SPEAKING: ReadonlySet<string> = new Set(['meta-data', 'usage', 'help']);

/** Events after which an agent runs as a program, so that the test would be of something else. */
const DISTRUST: ReadonlySet<string> = new Set(['agent.not-loaded', 'agent.faulted', 'agent.abandoned']);

/** Beside the agent's parameters; times in ms. */
export interface CallExtras {
  /** Of the operation as the cluster has it: a monitor with 0 is a probe. Default: 10 s of a monitor, else 0. */
  readonly intervalMs?: number;
  /** Default: 20 s. */
  readonly timeoutMs?: number;
  /** `OCF_CHECK_LEVEL`. Default: not set. */
  readonly checkLevel?: number;
  /** Id of the resource. Default: `test`. */
  readonly instance?: string;
  /** Default: `bundlet`. `heartbeat` is our agent of that name, even where resource-agents is installed. */
  readonly provider?: 'bundlet' | 'heartbeat';
}

export interface CallResult {
  /** Exit code, as Pacemaker takes it. */
  readonly rc: number;
  /** Exit reason; empty if there was none. */
  readonly reason: string;
  /** By way of the daemon only where nothing was written to standard error, as it tells one of both. */
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time with everything around it. */
  readonly ms: number;
  /** It was killed because `timeoutMs` were over. */
  readonly isTimedOut: boolean;
}

export interface AgentStageOptions {
  /** Of the daemon; `OCF_ROOT` is that of our agents unless it is given. */
  readonly env?: Readonly<Record<string, string>>;
  /** As in `DaemonStart`. */
  readonly prelude?: string;
  readonly program?: string;
  /** The test makes the agent misbehave in the daemon: it may have become a program. Default: false. */
  readonly isDistrustExpected?: boolean;
}

export interface AgentStage extends AsyncDisposable {
  readonly way: Way;
  /** In whose PID and mount namespaces agents and their applications live, in all ways. */
  readonly daemon: RunningDaemon;
  /** A directory for the test; gone at the end. */
  readonly scratch: string;
  call(
    agent: string,
    action: string,
    parameters?: Readonly<Record<string, string>>,
    extras?: CallExtras,
  ): Promise<CallResult>;
}

/**
 * Opens namespaces with the built daemon in which agents are called in one way.
 * @example
 * describe.each(WAYS)('dummy, %s', (way) => {
 *   it('starts', async () => {
 *     await using stage = await openAgentStage(way);
 *     expect(await stage.call('dummy', 'start')).toMatchObject({ rc: 0, reason: '' });
 *   });
 * });
 */
export async function openAgentStage(way: Way, options: AgentStageOptions = {}): Promise<AgentStage> {
  const env = { OCF_ROOT, ...options.env };
  const { prelude, program } = options;
  const daemon = await startDaemon({
    env: { BUNDLET_IN_PROCESS: way === 'in-process' ? 'yes' : 'no', ...env },
    ...(prelude === undefined ? {} : { prelude }),
    ...(program === undefined ? {} : { program }),
  });
  let client: RemoteClient | undefined;
  return {
    way,
    daemon,
    scratch: daemon.scratch,
    call: async (agent, action, parameters = {}, extras = {}) => {
      const call = describeCall(agent, action, { parameters, extras });
      if (way === 'executable') {
        return execute(daemon, call, env);
      }
      client ??= await daemon.connect();
      const result = await ask(client, call);
      if (way === 'in-process' && options.isDistrustExpected !== true) {
        await expectInside(daemon, agent);
      }
      return result;
    },
    [Symbol.asyncDispose]: async () => {
      client?.close();
      await client?.closed;
      await daemon[Symbol.asyncDispose]();
    },
  };
}

/** Everything that a call is, as an executor would have it. */
function describeCall(
  agent: string,
  name: string,
  given: { readonly parameters: Readonly<Record<string, string>>; readonly extras: CallExtras },
): Action {
  const {
    instance = 'test',
    provider = 'bundlet',
    timeoutMs = DEFAULT_TIMEOUT_MS,
    checkLevel,
  } = given.extras;
  const intervalMs = given.extras.intervalMs ?? (name === 'monitor' ? 10_000 : 0);
  const parameters = {
    ...given.parameters,
    // As the controller sends them [protocol 5.12].
    CRM_meta_name: name,
    CRM_meta_interval: String(intervalMs),
    CRM_meta_timeout: String(timeoutMs),
    ...(checkLevel === undefined ? {} : { OCF_CHECK_LEVEL: String(checkLevel) }),
  };
  return {
    rsc: { id: instance, class: 'ocf', provider, type: agent },
    name,
    intervalMs,
    timeoutMs,
    parameters: new Map(Object.entries(parameters)),
  };
}

async function ask(client: RemoteClient, call: Action): Promise<CallResult> {
  await client.registerResource(call.rsc);
  const startedAtMs = performance.now();
  // Once: an operation with an interval would come again and again.
  const { result } = await client.exec({
    rscId: call.rsc.id,
    action: call.name,
    timeoutMs: call.timeoutMs,
    parameters: Object.fromEntries(call.parameters),
  });
  const { rc, status, exitReason, output = '' }: Completion = await result;
  const ms = performance.now() - startedAtMs;
  const [stdout, stderr] = SPEAKING.has(call.name) ? [output, ''] : ['', output];
  return { rc, reason: exitReason ?? '', stdout, stderr, ms, isTimedOut: status === 2 };
}

async function execute(
  { namespace, scratch }: RunningDaemon,
  call: Action,
  given: Readonly<Record<string, string>> & { readonly OCF_ROOT: string },
): Promise<CallResult> {
  const { provider = '', type } = call.rsc;
  const folder = provider === 'heartbeat' ? OWN_AGENTS : join(given.OCF_ROOT, 'resource.d');
  const { PATH } = process.env;
  const base = agentEnvironment({ PATH, ...given }, false);
  const inside = ['--target', String(namespace.initPid), '--pid', '--mount', `--wd=${scratch}`, '--'];
  const startedAtMs = performance.now();
  // With nsenter everything that it has started ends: the agent's own limit is tested by way of the daemon.
  const agent = ['setpriv', '--pdeathsig', 'KILL', join(folder, provider, type), call.name];
  const child = spawn('nsenter', [...inside, ...agent], {
    env: { ...base, ...ocfEnvironment(call, given.OCF_ROOT) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: call.timeoutMs + START_ALLOWANCE_MS,
    killSignal: 'SIGKILL',
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  // A service that an agent leaves behind must not hold its streams: then this never ends, which is a finding.
  const rc = await new Promise<number | undefined>((over, failed) => {
    child.once('error', failed);
    child.once('close', (code) => over(code ?? undefined));
  });
  const ms = performance.now() - startedAtMs;
  return {
    rc: rc ?? 1,
    reason: exitReasonIn(written.stderr) ?? '',
    ...written,
    ms,
    isTimedOut: rc === undefined,
  };
}

/** A test of what runs inside must not be one of a program. */
async function expectInside(daemon: RunningDaemon, agent: string): Promise<void> {
  const linesOf = (): LogLine[] => daemon.log().filter((line) => line['agent'] === agent);
  await until(
    () => linesOf().length > 0,
    () => `${agent} to run inside the daemon, got ${JSON.stringify(daemon.log())}`,
  );
  const distrust = linesOf().find(({ event }) => DISTRUST.has(event));
  if (distrust !== undefined) {
    throw new Error(`Expected ${agent} to run inside the daemon, got ${JSON.stringify(distrust)}`);
  }
}
