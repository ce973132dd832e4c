import { AgentFailure, OCF } from '../../kit/index.ts';
import type { HelperName } from '../helper-processes.ts';
import type { NfsContext } from '../parameters.ts';
import { withdrawAll } from './export-table.ts';
import { endHelpers } from './helpers.ts';
import { unmount } from './mounts.ts';
import { PROC_NFSD, readThreads } from './procfs.ts';
import { outcome } from './programs.ts';
import { readRecord, removeRecord } from './record.ts';

/** How long the threads have to finish what they do; a disk that doesn't answer holds them for ever. */
const THREADS_MS = 8000;

/** Of a server in this network namespace, whoever started them: nothing else needs them. */
const SERVER_HELPERS: readonly HelperName[] = ['rpc.mountd', 'nfsdcld'];

/**
 * Takes away all that a start made, and what is left of one that nobody remembers. Goes on after what fails, so that as
 * little as possible is left.
 * @throws AgentFailure ERR_GENERIC with all that remains
 */
export async function stopAll(context: NfsContext): Promise<void> {
  const record = await readRecord(context);
  const threads = (await readThreads(context)) ?? 0;
  if (record === undefined && threads === 0) {
    return;
  }
  const { started = [], mounts = [], exports = [] } = record ?? {};
  const faults: string[] = [];
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      context.signal.throwIfAborted();
      faults.push((error as Error).message);
    }
  };
  if (threads > 0) {
    await attempt(() => stopThreads(context));
  }
  await attempt(() => withdrawAll(context, exports));
  const others = started.filter((name) => name !== 'rpcbind' && !SERVER_HELPERS.includes(name));
  await attempt(() => endHelpers(context, [...SERVER_HELPERS, ...others]));
  // Last, so that the others could tell it that they go.
  if (started.includes('rpcbind')) {
    await attempt(() => endHelpers(context, ['rpcbind']));
  }
  for (const path of mounts.toReversed()) {
    await attempt(() => unmount(context, path));
  }
  if (faults.length > 0) {
    throw new AgentFailure(OCF.ERR_GENERIC, faults.join('; '));
  }
  await removeRecord(context);
}

/**
 * Signals do nothing to these threads, and they outlive their container: they end by being told. By a program, so that
 * only that one waits if they don't.
 */
async function stopThreads(context: NfsContext): Promise<void> {
  const file = `${PROC_NFSD}/threads`;
  const result = await context.run({
    path: '/bin/sh',
    args: ['-c', `echo 0 >${file}`],
    timeoutMs: Math.min(THREADS_MS, context.leftMs() / 2),
  });
  if (((await readThreads(context)) ?? 0) > 0) {
    const reason = `Expected the threads of nfsd to end, got ${outcome(result)}: see what they wait for in /proc/*/stack of the host`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
}
