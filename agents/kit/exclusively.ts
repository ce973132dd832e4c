import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure } from './agent-failure.ts';
import type { AgentContext } from './context.ts';
import { OCF } from './exit-codes.ts';
import type { Parameters } from './parameters.ts';
import { isStill, readProcess } from './processes.ts';

/** Unlike that of any other action. */
const unlike = (): string => Math.random().toString(36).slice(2);

/** What it needs of an action. */
type Locking = Pick<AgentContext<Parameters>, 'stateDirectory' | 'waitFor' | 'action' | 'instance'>;

/**
 * Runs `body` while nobody else runs one for this resource. Two starts at once, as after a cluster that has lost one, would take each
 * other's processes for remains. Whoever has been killed in the midst of it holds nobody up.
 * @throws AgentFailure ERR_GENERIC if the other does not end in this action's time, or nothing can be written below /run
 */
export async function exclusively<T>(context: Locking, body: () => Promise<T>): Promise<T> {
  const { startTicks } = (await readProcess(process.pid)) ?? { startTicks: 0 };
  const mark = `${process.pid} ${startTicks} ${unlike()}`;
  const what = `Expected another ${context.action} of ${context.instance} to end, got it still at work`;
  const path = await context.waitFor(what, () => take(context, mark));
  try {
    return await body();
  } finally {
    if ((await holderOf(path)) === mark) {
      await rm(path, { force: true });
    }
  }
}

/** @returns the lock's path; undefined if somebody else has it */
async function take(context: Locking, mark: string): Promise<string | undefined> {
  const path = join(await context.stateDirectory(), 'lock');
  const fresh = `${path}.${unlike()}`;
  try {
    await writeFile(fresh, mark, { mode: 0o600 });
    // It comes to be with all that is in it, or not at all.
    await link(fresh, path);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      await dropIfStale(path, fresh);
      return undefined;
    }
    const reason = `Expected ${path} to be written, got ${code}: see to it that there is space below /run`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason, { cause: error });
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Takes away the lock of somebody who is no more; one that came in its place meanwhile is put back. */
async function dropIfStale(path: string, spare: string): Promise<void> {
  const holder = await holderOf(path);
  const [pid, startTicks] = (holder ?? '').split(' ').map(Number);
  if (holder === undefined || (await isStill({ pid: pid || 0, startTicks: startTicks || 0 }))) {
    return;
  }
  await rename(path, spare).catch(() => undefined); // somebody else was faster
  if ((await holderOf(spare)) !== holder) {
    await link(spare, path).catch(() => undefined); // or it was not moved at all
  }
}

const holderOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
