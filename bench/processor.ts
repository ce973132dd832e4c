import { readFileSync } from 'node:fs';

/** CPU used so far, in seconds: by the machine, and by this program with everything it has waited for. */
export interface CpuSample {
  readonly atMs: number;
  readonly machine: number;
  readonly own: number;
}

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const machineTicks = (): number => {
  const [, user, nice, system, , , irq, softirq] =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
  return sum([user ?? 0, nice ?? 0, system ?? 0, irq ?? 0, softirq ?? 0]);
};

const ownTicks = (): number => {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return sum(fields.slice(11, 15)); // utime, stime, cutime, cstime
};

export const sampleCpu = (): CpuSample => ({
  atMs: performance.now(),
  machine: machineTicks() / TICKS_PER_SECOND,
  own: ownTicks() / TICKS_PER_SECOND,
});

/** How many cores others (and the kernel, for nobody) kept busy between two samples. */
export const otherCores = (from: CpuSample, to: CpuSample): number =>
  Math.max(0, (to.machine - from.machine - (to.own - from.own)) / ((to.atMs - from.atMs) / 1000));
