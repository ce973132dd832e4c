import type { Check } from '../../check.ts';
import type { Traces } from '../../place.ts';
import { findPidFiles } from './pid-files.ts';

const KINDS = { listeners: 'listening socket', mounts: 'mount', ipc: 'shared memory or semaphores' } as const;
/** For what the kernel takes a moment to take away. */
const LEAVE_LIMIT_MS = 2000;
/** Counters and the like hold a number as well. */
const PID_FILE_NAME = /pid[^/]*$/i;

/** What a stop leaves in the system. */
export const LEFT_TRACES_CHECKS: readonly Check[] = [
  {
    id: 'LEFT-04',
    class: 'ocf',
    level: 'should',
    title: 'after stop no socket, mount, shared memory or PID file of the resource is left',
    why: 'The next start finds the port taken or the file system mounted, and who reads a stale PID file harms whoever has the number by then.',
    source: 'OCF 1.1, stop: cleans up shared memory and lock files',
    remedy: 'Let stop take away what start has made, even when the service has crashed before it could.',
    // On a machine that others use as well, they open sockets meanwhile.
    needs: ['traces', 'private'],
    async run(trial) {
      await trial.reach('stopped');
      const before = await trial.place.traces();
      const mark = await trial.place.markFiles();
      await trial.reach('started');
      const stop = await trial.run('stop');
      if (stop.rc !== 0) {
        trial.skip('It does not stop');
      }
      let left: readonly string[] = [];
      await trial.until(async () => {
        left = added(before, await trial.place.traces());
        return left.length === 0;
      }, LEAVE_LIMIT_MS);
      for (const line of left) {
        trial.fail({ expected: 'nothing of the system left after stop', seen: line }, stop);
      }
      for (const { path, kind, change } of await trial.place.changedFiles(mark)) {
        if (kind === 'socket' && change === 'made') {
          trial.note(`A socket is left after stop: ${path}`);
        }
      }
      for (const { path } of await findPidFiles(trial, mark)) {
        if (PID_FILE_NAME.test(path)) {
          trial.fail({ expected: 'no PID file left after stop', seen: path }, stop);
        }
      }
    },
  },
];

function added(before: Traces, after: Traces): readonly string[] {
  return (['listeners', 'mounts', 'ipc'] as const).flatMap((kind) =>
    after[kind].filter((line) => !before[kind].includes(line)).map((line) => `${KINDS[kind]} ${line}`),
  );
}
