import type { Agent } from './agent.ts';
import { AgentFailure, isAgentFailure } from './agent-failure.ts';
import type { AgentContext } from './context.ts';
import { type ExitCode, OCF } from './exit-codes.ts';
import type { Host, Invocation, Program, ProgramResult } from './host.ts';
import { LinkedAbort } from './linked-abort.ts';
import { CallLog } from './log.ts';
import type { Parameters, Values } from './parameters.ts';
import { privateTexts, type ReadParameters } from './read-parameters.ts';
import { makeStateDirectory } from './state-directory.ts';
import { type TimeLimit, timeLimit } from './time-limit.ts';

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** From this check level on a validation may look at the machine [OCF-1.1 Check Levels]. */
const HOST_CHECK_LEVEL = 10;

/** One call of an agent: its time, its words, its way to programs. */
export class Call {
  readonly action: string;
  readonly instance: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: CallLog;
  readonly #agent: Agent;
  readonly #host: Host;
  readonly #limit: TimeLimit;
  readonly #startedAtMs: number;
  readonly #over: LinkedAbort;
  readonly #signal: AbortSignal;

  constructor(agent: Agent, { action, env, signal }: Invocation, host: Host) {
    this.action = action;
    this.env = env;
    this.instance = env['OCF_RESOURCE_INSTANCE'] || 'default';
    const secrets = privateTexts(agent.parameters, env);
    this.log = new CallLog(host, { env, agent: agent.name, instance: this.instance, secrets });
    this.#agent = agent;
    this.#host = host;
    this.#limit = timeLimit(agent, action, env);
    this.#startedAtMs = host.startedAtMs ?? host.clock.nowMs();
    this.#over = new LinkedAbort(signal);
    this.#signal = this.#over.signal;
  }

  /** Ends what still waits for something. */
  end(): void {
    this.#over.release();
    // Asked more than once; a reason with its stack is not for nothing.
    if (this.#signal.aborted) {
      return;
    }
    this.#over.abort(new AgentFailure(OCF.ERR_GENERIC, `${this.action} is over`));
  }

  /** Does something that ends when the action's time does, with a reason. */
  async guard(action: () => Promise<ExitCode>): Promise<ExitCode> {
    const over = `Expected ${this.action} to be done within ${this.#limit.allMs} ms, got no end of it`;
    const leftMs = this.#startedAtMs + this.#limit.guardMs - this.#host.clock.nowMs();
    const timer = this.#host.clock.sleep(Math.max(0, leftMs), this.#signal).then(
      () => this.#over.abort(new AgentFailure(OCF.ERR_GENERIC, over)),
      () => undefined, // the action was over first
    );
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(this.#signal.reason);
    this.#signal.addEventListener('abort', onAbort, { once: true });
    try {
      this.#signal.throwIfAborted();
      const acting = action();
      this.#host.onAction?.(acting);
      return await Promise.race([acting, aborted.promise]);
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
      this.end();
      await timer;
    }
  }

  /** Tells why an action failed, and gives its exit code. */
  explain(error: unknown): ExitCode {
    if (isAgentFailure(error)) {
      this.log.reason(error.message || `${this.action} failed, and the agent gives no reason`);
      return error.code;
    }
    this.log.reason(`${this.#agent.name}: ${textOf(error)}`);
    if (error instanceof Error) {
      this.log.debug(error.stack ?? error.message);
    }
    return OCF.ERR_GENERIC;
  }

  context<P extends Parameters>({ values, given }: ReadParameters): AgentContext<P> {
    const { action, instance, env, log } = this;
    const checkLevel = wholeNumber(env['OCF_CHECK_LEVEL'] ?? env['OCF_RESKEY_OCF_CHECK_LEVEL']);
    const isMonitor = action === 'monitor' || action === 'status';
    return {
      // `readParameters` read them by the declaration of these very parameters.
      params: values as Values<P>,
      isGiven: (name) => given.has(String(name)),
      action,
      instance,
      isProbe: isMonitor && wholeNumber(env['OCF_RESKEY_CRM_meta_interval']) === 0,
      checkLevel,
      mayLookAtHost: action !== 'validate-all' || checkLevel >= HOST_CHECK_LEVEL,
      env,
      log,
      clock: this.#host.clock,
      leftMs: () => Math.max(0, this.#workEndsAtMs() - this.#host.clock.nowMs()),
      signal: this.#signal,
      run: (program) => this.#run(program),
      waitFor: (what, condition, limitMs) => this.#waitFor(what, condition, limitMs),
      stateDirectory: () =>
        makeStateDirectory({
          agent: this.#agent.name,
          instance,
          env,
          isToRead: isMonitor || action === 'stop',
        }),
      cache: this.#host.cache,
    };
  }

  #workEndsAtMs(): number {
    return this.#startedAtMs + this.#limit.workMs;
  }

  async #run(program: Program): Promise<ProgramResult> {
    this.#signal.throwIfAborted();
    const { path, args = [], env = this.env, timeoutMs = Number.POSITIVE_INFINITY, user } = program;
    // 0 would be no limit.
    const limitMs = Math.max(1, Math.min(timeoutMs, this.#workEndsAtMs() - this.#host.clock.nowMs()));
    const result = await this.#host.run(
      { path, args, env, timeoutMs: limitMs, ...(user === undefined ? {} : { user }) },
      this.#signal,
    );
    this.#signal.throwIfAborted();
    return result;
  }

  async #waitFor<T>(
    what: string,
    condition: () => Promise<T | undefined> | T | undefined,
    limitMs = Number.POSITIVE_INFINITY,
  ): Promise<T> {
    const { clock } = this.#host;
    const endsAtMs = Math.min(clock.nowMs() + limitMs, this.#workEndsAtMs());
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      this.#signal.throwIfAborted();
      const found = await condition();
      if (found !== undefined) {
        return found;
      }
      const leftMs = endsAtMs - clock.nowMs();
      if (leftMs <= 0) {
        throw new AgentFailure(OCF.ERR_GENERIC, what);
      }
      await clock.sleep(Math.min(pauseMs, leftMs), this.#signal);
    }
  }
}

/** 0 for everything else: of levels [OCF-1.1 Check Levels], and of intervals as the shell library has it. */
function wholeNumber(text = ''): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Whatever was thrown: its text, or the next best. */
function textOf(error: unknown): string {
  if (error instanceof Error) {
    return error.message || `${error.name} without a message`;
  }
  try {
    return `${String(error)} was thrown`;
  } catch {
    return `something of type ${typeof error} was thrown`;
  }
}
