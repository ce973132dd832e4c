import { chmod, chown } from 'node:fs/promises';
import type { Check } from '../../../check.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { expectStop, expectUpOrReason, UP } from '../expectations.ts';
import { namedFiles } from '../named-files.ts';

/** Nobody, as in most systems. */
const STRANGER = 65534;

/** Files that the service needs are gone, or not for it to read. */
export const DAMAGE_CHECKS: readonly Check[] = [
  {
    id: 'FAIL-14',
    class: 'ocf',
    level: 'should',
    title:
      'when the files that its parameters name are gone stop gives 0 and leaves nothing, and start fails with a reason or works',
    why: 'Configuration on a shared file system that is no longer mounted is the usual case. A stop that looks at it first, and fails over it, ends in fencing.',
    source: 'OCF 1.1, stop: nothing is left active; validation is not its matter',
    remedy: 'Remember at start what stop needs; do not validate parameters before stop.',
    needs: ['private', 'processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const files = await plainFilesOf(trial);
      await watch.start();
      await trial.place.hide(files);
      const when = `without ${files.join(', ')}`;
      await expectEnd(trial, 'monitor', when);
      await expectStop(watch, when);
      await expectUpOrReason(trial, when);
      await expectStop(watch, `after a start ${when}`);
      await trial.place.restore();
    },
  },
  {
    id: 'FAIL-15',
    class: 'ocf',
    level: 'should',
    title:
      'with files that belong to somebody else and that nobody may read start works or fails with a reason, and stop gives 0',
    why: 'A restored backup or a careless chown is enough. The cluster must hear what is wrong, and a service that runs must still be possible to stop.',
    source: 'OCF 1.1, code 4 and exit reasons',
    remedy: 'Look whether the user of the service can read what it needs, and name the file that it can not.',
    needs: ['private', 'processes', 'traces'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const { plain } = await namedFiles(trial.subject);
      const mark = await trial.place.markFiles();
      await watch.start();
      const made = (await trial.place.changedFiles(mark))
        .filter(({ kind, change }) => kind === 'file' && change === 'made')
        .map(({ path }) => path);
      if (made.length + plain.length === 0) {
        trial.skip('Its parameters name no files, and its start makes none');
      }
      await lock([...plain, ...made]);
      const when = 'with files that nobody may read';
      await expectEnd(trial, 'monitor', when);
      await expectStop(watch, when);
      const start = await expectUpOrReason(trial, when);
      if (start.rc === 0) {
        await trial.expect('monitor', { rc: UP, when: `after a start that gave 0 ${when}` });
      }
      await expectStop(watch, `after a start ${when}`);
    },
  },
];

async function plainFilesOf(trial: Trial): Promise<readonly string[]> {
  await trial.reach('stopped');
  const { plain } = await namedFiles(trial.subject);
  return plain.length > 0 ? plain : trial.skip('Its parameters name no files that are there');
}

/** Its verdict is its own matter; that it ends is not. */
async function expectEnd(trial: Trial, action: string, when: string): Promise<void> {
  const run = await trial.run(action);
  if (run.end.kind === 'timed-out') {
    trial.fail({ expected: `an end of ${action} ${when}`, seen: `none within ${run.end.limitMs} ms` }, run);
  }
}

async function lock(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await chmod(path, 0);
      await chown(path, STRANGER, STRANGER);
    } catch {
      // Gone meanwhile, or root of this namespace knows no such user: the mode alone has to do.
    }
  }
}
