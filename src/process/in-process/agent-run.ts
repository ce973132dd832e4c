import type { Host, runAgent } from '../../../agents/kit/index.ts';
import type { Clock, Timer } from '../../observe/clock.ts';
import { emit } from '../../observe/events.ts';
import { lastLinesOf } from '../hang.ts';
import { BoundedOutput } from '../output.ts';
import type { Command, Exit, OnExit, Output, RunnerAccess, RunningCommand } from '../runner.ts';
import { makeHost } from './agent-host.ts';
import { AGENT_RUN_STATES, type Event, type State } from './agent-run.states.ts';
import type { FaultOwner, Faults } from './faults.ts';

/** How long what was aborted may take to end, in ms, before it is left behind. */
const GRACE_MS = 1000;

/** What is settled when the agent did not answer in time or is not wanted any more: what its process would have met. */
const KILLED: Exit = { kind: 'signalled', signal: 'SIGKILL' };
const FAILED: Exit = { kind: 'exited', code: 1 };

/** An agent's module, with the kit that runs it. */
export interface LoadedAgent {
  readonly agent: Parameters<typeof runAgent>[0];
  readonly runAgent: typeof runAgent;
}

export interface AgentRunTools {
  readonly clock: Clock;
  /** Runs the programs that agents start. */
  readonly runner: RunnerAccess;
  readonly faults: Faults;
  /** See `Host.cache`. */
  readonly cache: Map<string, unknown>;
  /** Its code threw where nobody catches it, or does not end: it can't be run in here any more. */
  readonly onDistrust: () => void;
}

/**
 * One action of an agent inside the daemon, which looks from outside like its process: the same exits, the same output,
 * the same end when its time is over. What would die with the process is aborted here.
 */
export class AgentRun implements RunningCommand, FaultOwner {
  /** Resolves when it is over or left behind. */
  readonly ended: Promise<void>;
  readonly #command: Command;
  readonly #name: string;
  readonly #tools: AgentRunTools;
  readonly #onExit: OnExit;
  readonly #aborter = new AbortController();
  readonly #stdout = new BoundedOutput();
  readonly #stderr = new BoundedOutput();
  #state: State = 'running';
  #timer: Timer | undefined;
  #exit: Exit = FAILED;
  /** What of it goes on: the call, the action itself, its programs. */
  #goingOn = 0;
  /** A process would be there and could write. */
  #isHeard = true;
  /** What its code threw: the kit tells of it as it does in a process. */
  #cause: unknown;
  readonly #resolveEnded: () => void;

  constructor(loaded: LoadedAgent, command: Command, tools: AgentRunTools, onExit: OnExit) {
    this.#command = command;
    this.#name = loaded.agent.name;
    this.#tools = tools;
    this.#onExit = onExit;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    if (command.timeoutMs > 0) {
      this.#timer = tools.clock.setTimer(command.timeoutMs, () => this.#settle('timeout', this.#timedOut()));
    }
    const { args, env } = command;
    const invocation = { action: args[0] ?? '', env, signal: this.#aborter.signal };
    const host = this.#host();
    const answer = tools.faults.within(this, () => loaded.runAgent(loaded.agent, invocation, host));
    this.#watch(
      answer.then(
        (code) => {
          this.#isHeard = false;
          this.#settle('answered', { kind: 'exited', code });
        },
        (error: unknown) => this.fault(error),
      ),
    );
  }

  kill(): Output {
    this.#settle('kill', KILLED);
    return this.#output();
  }

  fault(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    emit('agent.faulted', {
      agent: this.#name,
      action: this.#command.args[0],
      instance: this.#command.env['OCF_RESOURCE_INSTANCE'],
      reason: text,
      stack: error instanceof Error ? error.stack : undefined,
    });
    this.#tools.onDistrust();
    this.#cause = error;
    this.#settle('fault', FAILED);
  }

  /** It has no process that could be looked at: what it said last is all there is. */
  #timedOut(): Exit {
    const lastLines = lastLinesOf(this.#stderr.text() || this.#stdout.text());
    return { kind: 'timed-out', hang: { processes: [], isCut: false, lastLines } };
  }

  #host(): Host {
    const { clock, runner, faults, cache } = this.#tools;
    const write = (into: BoundedOutput) => (text: string) => {
      // What a process would not have lived to write is dropped.
      if (this.#isHeard) {
        into.write(Buffer.from(text));
      }
    };
    return makeHost({
      writeOut: write(this.#stdout),
      writeError: write(this.#stderr),
      clock,
      runner,
      faults,
      cache,
      purpose: this.#command.purpose,
      // [protocol 5.8]: with on-fail=block what the agent has started stays to be looked at.
      areProgramsSpared: () => this.#exit.kind === 'timed-out' && this.#command.killScope === 'process',
      onBegun: (end) => this.#watch(end),
    });
  }

  /** Something goes on until then. */
  #watch(end: Promise<unknown>): void {
    this.#goingOn += 1;
    const ended = (): void => {
      this.#goingOn -= 1;
      if (this.#goingOn === 0) {
        this.#apply('over');
      }
    };
    this.#tools.faults.outside(() => end.then(ended, ended));
  }

  #settle(event: Event, exit: Exit): void {
    if (AGENT_RUN_STATES[this.#state][event][1] === 'settle') {
      this.#exit = exit;
    }
    this.#apply(event);
  }

  #apply(event: Event): void {
    const [next, action] = AGENT_RUN_STATES[this.#state][event];
    this.#state = next;
    switch (action) {
      case 'settle':
        this.#timer?.cancel();
        this.#timer = this.#tools.clock.setTimer(GRACE_MS, () => this.#apply('late'));
        this.#isHeard &&= event === 'fault';
        this.#aborter.abort(this.#cause ?? new Error(`${this.#name} is not waited for any more`));
        break;
      case 'abandon':
        this.#abandon();
        this.#report();
        break;
      case 'report':
        this.#report();
        break;
      default:
        break;
    }
  }

  #abandon(): void {
    const { args, env } = this.#command;
    emit('agent.abandoned', {
      agent: this.#name,
      action: args[0],
      instance: env['OCF_RESOURCE_INSTANCE'],
      graceMs: GRACE_MS,
    });
    this.#tools.onDistrust();
  }

  #report(): void {
    this.#timer?.cancel();
    const droppedBytes = this.#stdout.droppedBytes + this.#stderr.droppedBytes;
    if (droppedBytes > 0) {
      emit('op.output-cut', { path: this.#command.path, droppedBytes });
    }
    this.#onExit(this.#exit, this.#output());
    this.#resolveEnded();
  }

  #output(): Output {
    return { stdout: this.#stdout.text(), stderr: this.#stderr.text() };
  }
}
