// What an agent stands on in unit tests: time stands still until it is told otherwise, and words are kept.
import type { Agent, Clock, Host, Program, ProgramResult } from '../../agents/kit/index.ts';
import { runAgent } from '../../agents/kit/run-agent.ts';
import { FakeClock } from './fake-clock.ts';

/** `FakeClock` as agents have it. */
export class AgentClock implements Clock {
  readonly #clock = new FakeClock();

  /** Sleeps that are not over. */
  get waiting(): number {
    return this.#clock.waiting;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimer(ms, resolve);
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason);
      };
      if (signal.aborted) {
        onAbort();
      }
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Lets time pass in small steps; between them everybody may do what has become due. */
  async pass(ms: number): Promise<void> {
    const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await others();
    for (let passed = 0; passed < ms; passed += 10) {
      this.#clock.advance(Math.min(10, ms - passed));
      await others();
    }
  }
}

/** A program that was run, as the agent asked for it. */
export type Ran = Parameters<Host['run']>[0];

export class FakeHost implements Host {
  readonly clock = new AgentClock();
  readonly cache = new Map<string, unknown>();
  readonly ran: Ran[] = [];
  stdout = '';
  stderr = '';
  readonly #answer: (program: Ran, signal: AbortSignal) => Promise<Partial<ProgramResult>>;

  constructor(
    answer: (program: Ran, signal: AbortSignal) => Promise<Partial<ProgramResult>> = async () => ({}),
  ) {
    this.#answer = answer;
  }

  writeOut(text: string): void {
    this.stdout += text;
  }

  writeError(text: string): void {
    this.stderr += text;
  }

  async run(program: Required<Omit<Program, 'user'>>, signal: AbortSignal): Promise<ProgramResult> {
    this.ran.push(program);
    return { code: 0, isTimedOut: false, stdout: '', stderr: '', ...(await this.#answer(program, signal)) };
  }

  /** The last exit reason, as Pacemaker finds it. */
  get reason(): string | undefined {
    const [, ...reasons] = this.stderr.split('ocf-exit-reason:');
    return reasons.at(-1)?.split('\n')[0];
  }
}

/** Pacemaker's environment of an action. */
export function agentEnv(
  parameters: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RA_VERSION_MINOR: '1',
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RESOURCE_INSTANCE: 'thing',
    OCF_EXIT_REASON_PREFIX: 'ocf-exit-reason:',
    OCF_RESKEY_CRM_meta_timeout: '20000',
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value])),
    ...more,
  };
}

/** Runs one action to its end; nobody lets time pass. */
export async function act(
  agent: Agent,
  action: string,
  env: Readonly<Record<string, string>> = agentEnv(),
): Promise<{ readonly rc: number; readonly host: FakeHost }> {
  const host = new FakeHost();
  const rc = await runAgent(agent, { action, env, signal: new AbortController().signal }, host);
  return { rc, host };
}
