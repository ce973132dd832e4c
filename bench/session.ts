import type { Tools } from './build.ts';
import { openStage, type Setting, type Stage, StageError } from './namespace.ts';
import type { Options } from './options.ts';
import type { Plan } from './plan.ts';
import { otherCores, sampleCpu } from './processor.ts';

export const SIDES = ['reference', 'ours'] as const;
export type Side = (typeof SIDES)[number];

export const SIDE_NAMES: Readonly<Record<Side, string>> = { reference: 'C', ours: 'ours' };

export interface Daemon {
  readonly path: string;
  /** What runs as PID 1 of a container: the daemon itself, or an init that starts it. */
  readonly pidOne: readonly string[];
}

/** What a client printed: one JSON object, read field by field. */
export type Output = Readonly<Record<string, unknown>>;

export interface Run {
  readonly name: string;
  readonly side: Side;
  readonly setting: Setting;
  readonly otherCores: number;
  readonly attempt: number;
  readonly accepted: boolean;
  readonly output: Output;
}

export interface Task {
  readonly name: string;
  readonly side: Side;
  readonly setting: Setting;
  readonly command: (daemon: Daemon, tools: Tools) => readonly string[];
}

const RUN_TIMEOUT_MS = 300_000;

export const isOutput = (value: unknown): value is Output =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A number out of a client's output, at a path such as `latency_ms`, `p50`. */
export const pick = (output: Output, ...path: readonly string[]): number => {
  const value = path.reduce<unknown>((at, name) => (isOutput(at) ? at[name] : undefined), output);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new StageError(`Expected a number ${path.join('.')} in ${JSON.stringify(output)}`);
  }
  return value;
};

const parse = (stdout: string): Output => {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
  if (!isOutput(value)) {
    throw new StageError(`Expected a line of JSON from the client, got "${stdout}"`);
  }
  return value;
};

/** One run of the bench: what to measure with, and everything that has been read. */
export class Session {
  readonly options: Options;
  readonly tools: Tools;
  readonly plan: Plan;
  readonly daemons: Readonly<Record<Side, Daemon>>;
  readonly runs: Run[] = [];
  readonly readings = new Map<string, number[]>();
  readonly warnings: string[] = [];
  readonly failures: string[] = [];

  constructor(options: Options, tools: Tools, plan: Plan, daemons: Readonly<Record<Side, Daemon>>) {
    this.options = options;
    this.tools = tools;
    this.plan = plan;
    this.daemons = daemons;
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  add(side: Side, reading: string, value: number): void {
    const key = `${side} ${reading}`;
    this.readings.set(key, [...(this.readings.get(key) ?? []), value]);
  }

  read(side: Side, reading: string): readonly number[] {
    return this.readings.get(`${side} ${reading}`) ?? [];
  }

  /** One sentence for each kind of run that stayed too noisy. */
  noiseWarnings(): readonly string[] {
    const accepted = this.runs.filter((run) => run.accepted);
    const groups = Map.groupBy(accepted, (run) => `${run.name}, ${SIDE_NAMES[run.side]}`);
    return [...groups].flatMap(([name, runs]) => {
      const noisy = runs.map((run) => run.otherCores).filter((cores) => cores > this.options.noiseCores);
      return noisy.length === 0
        ? []
        : [
            `${name}: in ${noisy.length} of ${runs.length} runs other programs kept up to ` +
              `${Math.max(...noisy).toFixed(2)} cores busy; this says more about the machine`,
          ];
    });
  }

  /** Both daemons in turn, `rounds` times, the one that went last first. */
  async interleave(rounds: number, work: (side: Side) => Promise<void>): Promise<void> {
    const failed = new Set<Side>();
    for (let round = 0; round < rounds; round += 1) {
      for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
        if (!failed.has(side)) {
          await work(side).catch((error: unknown) => {
            failed.add(side);
            const reason = error instanceof Error ? error.message : String(error);
            this.failures.push(`${SIDE_NAMES[side]}: ${reason}`);
            this.say(`  failed: ${SIDE_NAMES[side]}: ${reason}`);
          });
        }
      }
    }
  }

  /** Runs a client, again while others disturb it, and gives the output of the quietest attempt. */
  async measure(task: Task): Promise<Output> {
    const attempts: Run[] = [];
    for (let attempt = 1; attempt <= 1 + this.options.retries; attempt += 1) {
      const run = await this.#attempt(task, attempt);
      attempts.push(run);
      if (run.otherCores <= this.options.noiseCores) {
        break;
      }
    }
    const best = attempts.reduce((a, b) => (b.otherCores < a.otherCores ? b : a));
    this.runs.push(...attempts.map((run) => ({ ...run, accepted: run === best })));
    return best.output;
  }

  openStage(setting: Setting, command: readonly string[] = []): Promise<Stage> {
    const { agents } = this.tools;
    return openStage({ setting, agents, daemonOutput: this.options.daemonOutput, command });
  }

  async #attempt(task: Task, attempt: number): Promise<Run> {
    const { name, side, setting } = task;
    const before = sampleCpu();
    const output = await this.#play(task);
    // Now that the stage is over, everything that ran on it counts as ours: agents of a daemon that has others start
    // them are nobody's noise, which lrmd-bench, that knows only one process and its children, takes them for.
    const noise = otherCores(before, sampleCpu());
    return { name, side, setting, otherCores: noise, attempt, accepted: false, output };
  }

  async #play({ side, setting, command }: Task): Promise<Output> {
    await using stage = await this.openStage(setting);
    return parse(await stage.run(command(this.daemons[side], this.tools), RUN_TIMEOUT_MS));
  }
}
