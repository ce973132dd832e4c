import type { Check } from '../../../check.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { DEAD, judgeDead, OK } from '../expectations.ts';
import { BROKEN_CONTENTS, findPidFiles, removeFile, replaceFile } from '../pid-files.ts';

/** More than these are not tried. */
const FILES_LIMIT = 3;
/** Nothing that any agent could take for its own. */
const STRANGER = ['a-stranger', '--of-nobody'];

/** PID files that say something else than the truth. */
export const PID_FILE_CHECKS: readonly Check[] = [
  {
    id: 'FAIL-05',
    class: 'ocf',
    level: 'must',
    title:
      'a PID file that names a process of somebody else is not believed, and stop leaves that process alone',
    why: 'After a crash or a reboot the number is soon given to another process. Monitor then says that a dead service runs, and stop kills whoever has the number.',
    source: 'OCF 1.1, monitor and stop; proc(5); seen with heartbeat:apache, whose stop ends the stranger',
    remedy:
      'Compare more than the number: program (/proc/PID/exe), command line, or start time in /proc/PID/stat.',
    needs: ['processes', 'traces', 'private'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      for (const path of (await pidFilesOf(trial, watch)).slice(0, FILES_LIMIT)) {
        const stranger = await watch.bystander(STRANGER);
        await watch.startAnew();
        await watch.kill();
        await replaceFile(path, `${stranger.pid}\n`);
        const when = `of a dead service where ${path} names a stranger`;
        const monitor = await trial.run('monitor');
        const stop = await trial.expect('stop', { rc: OK, when });
        if (!(await watch.survives(stranger))) {
          const expected = 'a process of somebody else to be left alone';
          trial.fail({ expected, seen: `its end, as ${path} named it` }, monitor, stop);
        }
        await removeFile(path);
        trial.judge(monitor, { rc: DEAD, when });
      }
    },
  },
  {
    id: 'FAIL-06',
    class: 'ocf',
    level: 'should',
    title:
      'with a PID file that is empty, garbage or unreadable monitor of a dead service does not give 0, and stop gives 0',
    why: 'A node that lost power, or whose disk was full, has such files. A stop that fails over one ends in fencing.',
    source: 'OCF 1.1, monitor and stop',
    remedy: 'Take what is not the number of a running process of the service for no PID file at all.',
    needs: ['processes', 'traces', 'private'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      for (const path of (await pidFilesOf(trial, watch)).slice(0, FILES_LIMIT)) {
        for (const { what, content } of BROKEN_CONTENTS) {
          await watch.startAnew();
          await watch.kill();
          await replaceFile(path, content);
          const when = `of a dead service with ${what}`;
          const monitor = await trial.run('monitor');
          await trial.expect('stop', { rc: OK, when });
          await removeFile(path);
          await judgeDead(watch, monitor, when);
        }
      }
    },
  },
];

/** Where its processes' numbers are written. Ends the check if that is nowhere. */
async function pidFilesOf(trial: Trial, watch: ServiceWatch): Promise<readonly string[]> {
  await trial.reach('stopped');
  const mark = await trial.place.markFiles();
  const { all } = await watch.start();
  watch.requireProcesses(all);
  const found = await findPidFiles(trial, mark, all);
  if (found.length === 0) {
    trial.skip('No PID file of it is found');
  }
  return found.map(({ path }) => path);
}
