import type { Run } from '../../run.ts';
import { type Service, ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';

export const OK: readonly number[] = [0];
/** Of `status`, where nothing runs [LSB 5.0, 22.2]. */
export const STOPPED: readonly number[] = [3];

/** Stops it: what is left would be taken for the next start's. That stop fails though nothing runs is for LSB-06. */
export async function fromStopped(trial: Trial): Promise<void> {
  const stop = await trial.run('stop');
  if (stop.rc !== 0 && (await trial.run('status')).rc === 0) {
    trial.skip(`It can't be stopped first: stop gave ${describeEnd(stop)}`);
  }
}

/** Starts it, or ends the check: that start fails is for LSB-01. */
export async function started(trial: Trial): Promise<Run> {
  await fromStopped(trial);
  const start = await trial.run('start');
  if (start.rc !== 0) {
    trial.skip(`It does not start: start gave ${describeEnd(start)}`);
  }
  return start;
}

/** Starts it, and looks at its processes; ends the check where there are none. */
export async function startedService(
  trial: Trial,
): Promise<{ readonly watch: ServiceWatch; readonly service: Service }> {
  await fromStopped(trial);
  const watch = await ServiceWatch.begin(trial);
  const start = await trial.run('start');
  if (start.rc !== 0) {
    trial.skip(`It does not start: start gave ${describeEnd(start)}`);
  }
  const service = await watch.look();
  watch.requireProcesses(service.all);
  return { watch, service };
}

/** Judges what status says, and for what runs also what the cases call working. */
export async function expectState(trial: Trial, state: 'running' | 'stopped', when: string): Promise<void> {
  await trial.expect('status', { rc: state === 'running' ? OK : STOPPED, when });
  if (state === 'running') {
    await expectWorks(trial, when);
  }
}

/** `works` of the cases must succeed. */
export async function expectWorks(trial: Trial, when: string): Promise<void> {
  const { works } = trial.subject.cases;
  if (works === undefined || !trial.place.abilities.has('processes')) {
    return;
  }
  const { code, output } = await trial.place.sh(works);
  if (code !== 0) {
    const expected = `"works" of the cases to succeed ${when}`;
    trial.fail({ expected, seen: `${code}: ${output.trim().slice(-500)}` });
  }
}
