import type { Run } from '../../run.ts';
import type { ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';

export const OK: readonly number[] = [0];
/** Of monitor when it is up, whatever its role. */
export const UP: readonly number[] = [0, 8, 190, 191];
/** Of monitor when the service has crashed: error, not running, failed promoted. */
export const DEAD: readonly number[] = [1, 7, 9];
/** Of a start that can't succeed and says so: everything that has a meaning then. */
export const REFUSED: readonly number[] = [1, 2, 4, 5, 6];

/** Judges that monitor sees a crash. */
export async function expectDead(watch: ServiceWatch, when: string): Promise<void> {
  await judgeDead(watch, await watch.trial.run('monitor'), when);
}

/** Judges a monitor of a crashed service; may start it again. Ends the check if it turns out that it was no crash. */
export async function judgeDead(watch: ServiceWatch, monitor: Run, when: string): Promise<void> {
  const { trial } = watch;
  if (monitor.rc === 0) {
    if (await watch.works()) {
      trial.skip(`By "works" of the cases it still works ${when}`);
    }
    if (trial.subject.cases.crash === undefined) {
      await watch.requireLasting();
    }
  }
  trial.judge(monitor, { rc: DEAD, when });
}

/** Judges that it starts, and is up at once. */
export async function expectUp(trial: Trial, when: string): Promise<void> {
  const start = await trial.expect('start', { rc: OK, when });
  if (start.rc === 0) {
    await trial.expect('monitor', { rc: UP, when: `right after start ${when}` });
  }
}

/** Judges that it stops, and that nothing of it lives then. */
export async function expectStop(watch: ServiceWatch, when: string): Promise<void> {
  const stop = await watch.trial.expect('stop', { rc: OK, when });
  await watch.expectNone(`after stop ${when}`, stop);
}

/** Judges that a start either works, or fails in time with a code and a reason. */
export async function expectUpOrReason(trial: Trial, when: string): Promise<Run> {
  const start = await trial.expect('start', { rc: [...OK, ...REFUSED], when });
  expectReason(trial, start, when);
  return start;
}

/** Judges that a failure says why. */
export function expectReason(trial: Trial, run: Run, when: string): void {
  if (run.end.kind === 'exited' && run.rc !== 0 && run.exitReason === undefined) {
    trial.fail({ expected: `a reason why ${run.action} fails ${when}`, seen: 'none' }, run);
  }
}
