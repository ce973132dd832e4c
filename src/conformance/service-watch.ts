import type { SeenProcess } from './place.ts';
import type { Run, RunOptions } from './run.ts';
import type { Trial } from './trial.ts';
import { describeEnd } from './words.ts';

/** How long what was ended may take to vanish, in ms. Long: only what stays is meant, and machines are slow at times. */
const GONE_LIMIT_MS = 3000;
/** Helpers of a start that still run after it, such as senders of gratuitous ARP, end within this, in ms. */
const HELPERS_LIMIT_MS = 3000;
/** How long a process that got a signal may take to end, in ms. */
const FAREWELL_MS = 1000;
/** Names in a message. */
const NAMED_LIMIT = 5;

type Chosen = Pick<RunOptions, 'instance' | 'parameters'>;

/** The processes of a service that is up, oldest first. */
export interface Service {
  readonly all: readonly SeenProcess[];
  /** Those whose parent is none of them: what the agent itself brought up. */
  readonly mains: readonly SeenProcess[];
}

/** Tells the service from everything else that runs where a check is carried out, and does it harm. */
export class ServiceWatch {
  readonly trial: Trial;
  readonly #others: Set<string>;

  private constructor(trial: Trial, others: readonly SeenProcess[]) {
    this.trial = trial;
    this.#others = new Set(others.map(nameOf));
  }

  /** What runs now, a set-up's helpers among it, is not the service. */
  static async begin(trial: Trial): Promise<ServiceWatch> {
    return new ServiceWatch(trial, await trial.place.processes());
  }

  /** A process that is nobody's: it is left alone, and counts for nothing. */
  async bystander(words: readonly string[], port?: number): Promise<SeenProcess> {
    const made = await this.trial.place.bystander(words, port === undefined ? {} : { port });
    this.#others.add(nameOf(made));
    return made;
  }

  /** Whether a process is still that one, and alive; who was told to end right now is given the time to do so. */
  async survives(process: SeenProcess): Promise<boolean> {
    const hasEnded = async (): Promise<boolean> => {
      const all = await this.trial.place.processes();
      return !all.some((seen) => nameOf(seen) === nameOf(process) && isAlive(seen));
    };
    return !(await this.trial.until(hasEnded, FAREWELL_MS));
  }

  /** Everything of the service that is alive, oldest first; zombies are not. */
  async live(): Promise<readonly SeenProcess[]> {
    const all = await this.trial.place.processes();
    return all
      .filter((process) => isAlive(process) && !this.#others.has(nameOf(process)))
      .toSorted((one, other) => one.startTicks - other.startTicks || one.pid - other.pid);
  }

  async look(): Promise<Service> {
    const all = await this.live();
    const pids = new Set(all.map(({ pid }) => pid));
    return { all, mains: all.filter(({ parent }) => !pids.has(parent)) };
  }

  async start(options: Chosen = {}): Promise<Service> {
    await this.trial.reach('started', options);
    return this.look();
  }

  /** The same from nothing: whatever was left of before is stopped and ended first. Does not rely on what monitor says. */
  async startAnew(options: Chosen = {}): Promise<Service> {
    await this.clear(options);
    const run = await this.trial.run('start', options);
    if (run.rc !== 0) {
      this.trial.skip(`It does not start again: start gave ${describeEnd(run)}`);
    }
    return this.look();
  }

  async clear(options: Chosen = {}): Promise<void> {
    await this.trial.run('stop', options);
    await this.kill();
  }

  /** Ends the check unless there is a way to make the service crash. */
  requireCrash(all: readonly SeenProcess[]): void {
    if (all.length === 0 && this.trial.subject.cases.crash === undefined) {
      this.trial.skip('It has no processes of its own, and "crash" in the cases does not say how it breaks');
    }
  }

  /** Ends the check unless the service has processes. */
  requireProcesses(all: readonly SeenProcess[]): void {
    if (all.length === 0) {
      this.trial.skip('It has no processes of its own');
    }
  }

  /** As `crash` of the cases says, else SIGKILL to all of it; comes back when that is done. */
  async crash(): Promise<void> {
    const { crash } = this.trial.subject.cases;
    if (crash === undefined) {
      await this.kill();
      return;
    }
    const { code, output } = await this.trial.place.sh(crash);
    if (code !== 0) {
      this.trial.skip(`The command that makes it crash failed with ${code}: ${output.trim().slice(-500)}`);
    }
  }

  /** SIGKILL to these, else to everything of the service, until none is left. */
  async kill(chosen?: readonly SeenProcess[]): Promise<void> {
    const left = await this.remains(chosen, 'SIGKILL');
    if (left.length > 0) {
      this.trial.skip(`SIGKILL does not end ${describeProcesses(left)}`);
    }
  }

  /** SIGSTOP to everything of it, until nothing runs. */
  async freeze(): Promise<void> {
    await this.trial.until(async () => {
      const running = (await this.live()).filter(({ state }) => state !== 'T' && state !== 't');
      if (running.length > 0) {
        await this.trial.place.signal(running, 'SIGSTOP');
      }
      return running.length === 0;
    }, GONE_LIMIT_MS);
  }

  async thaw(): Promise<void> {
    await this.trial.place.signal(await this.live(), 'SIGCONT');
  }

  /** Waits for the end of these, else of everything of the service. @returns what does not end */
  async remains(chosen?: readonly SeenProcess[], signal?: NodeJS.Signals): Promise<readonly SeenProcess[]> {
    let left: readonly SeenProcess[] = [];
    await this.trial.until(async () => {
      left = await this.live();
      left =
        chosen === undefined ? left : left.filter((process) => chosen.some((one) => isSame(one, process)));
      // Each time again: a process that forks may be faster than we look.
      if (signal !== undefined && left.length > 0) {
        await this.trial.place.signal(left, signal);
      }
      return left.length === 0;
    }, GONE_LIMIT_MS);
    return left;
  }

  /** Judges that nothing of it lives; ends what does. @returns whether it was so */
  async expectNone(when: string, ...runs: readonly Run[]): Promise<boolean> {
    const left = await this.remains();
    if (left.length === 0) {
      return true;
    }
    this.trial.fail({ expected: `no process of it ${when}`, seen: describeProcesses(left) }, ...runs);
    await this.kill();
    return false;
  }

  /** Before a finding that rests on the processes being the service: starts it anew, and ends the check if they end by themselves. */
  async requireLasting(): Promise<void> {
    await this.clear();
    await this.trial.run('start');
    const { mains } = await this.look();
    const haveEnded = async (): Promise<boolean> => {
      const live = await this.live();
      return !mains.some((main) => live.some((process) => isSame(main, process)));
    };
    // If nothing runs the start has failed, and nothing can be told of what ran before.
    if (mains.length > 0 && (await this.trial.until(haveEnded, HELPERS_LIMIT_MS))) {
      this.trial.skip('Its processes end by themselves: they help its start, and are not the service');
    }
  }

  /** What `works` of the cases says; undefined if they say nothing. */
  async works(): Promise<boolean | undefined> {
    const { works } = this.trial.subject.cases;
    return works === undefined ? undefined : (await this.trial.place.sh(works)).code === 0;
  }
}

/** A process and no later one with its number. */
export function isSame(one: SeenProcess, other: SeenProcess): boolean {
  return nameOf(one) === nameOf(other);
}

/** Processes for people: `17 (sleep 60), 18 (cat)`. */
export function describeProcesses(processes: readonly SeenProcess[]): string {
  const named = processes.slice(0, NAMED_LIMIT).map(({ pid, command }) => `${pid} (${command})`);
  const more = processes.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function isAlive({ state }: SeenProcess): boolean {
  return state !== 'Z' && state !== 'X';
}

function nameOf({ pid, startTicks }: SeenProcess): string {
  return `${pid}/${startTicks}`;
}
