import { messageOf } from '../../errors/agent-error.ts';
import type { Clock, Timer } from '../../observe/clock.ts';
import { channelOf, emit } from '../../observe/events.ts';
import type { Command, OnExit, Runner, RunnerAccess } from '../runner.ts';
import { AgentFiles } from './agent-files.ts';
import { AgentRun, type LoadedAgent } from './agent-run.ts';
import { Faults } from './faults.ts';
import { InstanceCaches } from './instance-caches.ts';

/** How long the look at an agent's file may take, in ms: one on a file system that does not answer is left to a process. */
const LOOK_MS = 1000;

export interface InProcessOptions {
  readonly clock: Clock;
  /** Runs programs: those that agents start, and agents that can't be run in here. */
  readonly runner: RunnerAccess;
  /** The daemon's, where its agents' modules lie. */
  readonly folder: string;
  /** Loads an agent's module; it may throw. */
  readonly load: (name: string) => LoadedAgent;
}

/**
 * Runs our own agents inside the daemon, without a process [docs/decisions/0007-in-process-agents.md]. What turns out not
 * to be ours, or has shown that it does not behave in here, becomes a process as any other agent does.
 */
export class InProcess {
  readonly #options: InProcessOptions;
  readonly #files: AgentFiles;
  readonly #faults = new Faults();
  readonly #caches = new InstanceCaches();
  readonly #loaded = new Map<string, LoadedAgent>();
  /** Agents that run as processes until the daemon ends. */
  readonly #distrusted = new Set<string>();
  readonly #runs = new Set<AgentRun>();

  constructor(options: InProcessOptions) {
    this.#options = options;
    this.#files = new AgentFiles(options.folder);
    channelOf('rsc.unregistered').subscribe((fields) => {
      this.#caches.dropInstance(String((fields as { readonly rsc?: unknown }).rsc));
    });
  }

  /** What runs the agent at this path, as the file is now: something in here, or else what runs programs. Never rejects. */
  async runnerFor(path: string): Promise<Runner> {
    const loaded = await this.#find(path);
    return loaded === undefined
      ? this.#options.runner()
      : { run: (command, onExit) => this.#begin(loaded, command, onExit) };
  }

  /** To be asked by the handler of uncaught errors: whether it is the fault of an agent, whose run has failed then. */
  claimFault(error: unknown): boolean {
    return this.#faults.claim(error);
  }

  /** Aborts what runs: it would end with the daemon anyway, but not in order. Resolves within a grace. */
  async close(): Promise<void> {
    const runs = [...this.#runs];
    for (const run of runs) {
      run.kill();
    }
    await Promise.all(runs.map(({ ended }) => ended));
  }

  #begin(loaded: LoadedAgent, command: Command, onExit: OnExit): AgentRun {
    const { name } = loaded.agent;
    const { clock, runner } = this.#options;
    const instance = command.env['OCF_RESOURCE_INSTANCE'] ?? '';
    const cache = this.#caches.get(name, instance);
    const onDistrust = (): void => {
      this.#distrusted.add(name);
      this.#caches.drop(name, instance);
    };
    const tools = { clock, runner, faults: this.#faults, cache, onDistrust };
    const run = new AgentRun(loaded, command, tools, (exit, output) => {
      this.#runs.delete(run);
      if (command.args[0] === 'stop') {
        this.#caches.drop(name, instance);
      }
      onExit(exit, output);
    });
    this.#runs.add(run);
    return run;
  }

  /** Undefined: it has to be a process. Never rejects. */
  async #find(path: string): Promise<LoadedAgent | undefined> {
    const name = await this.#lookInTime(path);
    if (name === undefined || this.#distrusted.has(name)) {
      return undefined;
    }
    const known = this.#loaded.get(name);
    if (known !== undefined) {
      return known;
    }
    try {
      const loaded = this.#options.load(name);
      this.#loaded.set(name, loaded);
      emit('agent.loaded', { agent: name, path });
      return loaded;
    } catch (error) {
      emit('agent.not-loaded', { agent: name, path, reason: messageOf(error) });
      this.#distrusted.add(name);
      return undefined;
    }
  }

  async #lookInTime(path: string): Promise<string | undefined> {
    let timer: Timer | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = this.#options.clock.setTimer(LOOK_MS, () => resolve(undefined));
    });
    try {
      return await Promise.race([this.#files.find(path), late]);
    } finally {
      timer?.cancel();
    }
  }
}
