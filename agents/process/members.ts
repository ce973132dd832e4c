import { readlink } from 'node:fs/promises';
import {
  descendantsOf,
  environmentOf,
  isRunning,
  isStill,
  listProcesses,
  type ProcessFacts,
  readProcess,
} from '../kit/index.ts';
import { MARK, type Run } from './run.ts';

/** Follows the parents. One that ends meanwhile makes the shim the parent. */
export async function isBelow(process: ProcessFacts, ancestor: number): Promise<boolean> {
  let facts: ProcessFacts | undefined = process;
  while (facts !== undefined && facts.ppid > 1) {
    if (facts.ppid === ancestor) {
      return true;
    }
    facts = await readProcess(facts.ppid);
  }
  return false;
}

/** All running processes of a run, but for the shim: its descendants or, without it, those that bear its mark. */
export async function membersOf(run: Run): Promise<readonly ProcessFacts[]> {
  const all = await listProcesses();
  if (await isStill(run.shim)) {
    return descendantsOf(run.shim.pid, all).filter(isRunning);
  }
  const mark = `${MARK}=${run.rsc}/${run.run}`;
  const members = new Set<number>();
  for (const facts of all.filter(isRunning)) {
    const isApplication =
      facts.pid === run.application.pid && facts.startTicks === run.application.startTicks;
    // What began before the application can't be its child, and is not read.
    const mayBear = facts.startTicks >= run.application.startTicks;
    if (isApplication || (mayBear && (await environmentOf(facts.pid)).includes(mark))) {
      members.add(facts.pid);
      descendantsOf(facts.pid, all).forEach(({ pid }) => void members.add(pid));
    }
  }
  return all.filter((facts) => members.has(facts.pid) && isRunning(facts));
}

/** No process has such a number. */
export const NOBODY = { pid: 0, startTicks: 0 };

/** A run of the resource of which no file tells, by the mark of its processes. */
export async function findMarked(instance: string): Promise<Run | undefined> {
  const mark = `${MARK}=${instance}/`;
  const own = await namespaceOf('self');
  for (const { pid } of (await listProcesses()).filter(isRunning)) {
    const word = (await environmentOf(pid)).find((each) => each.startsWith(mark));
    // A host sees what runs in its containers, where a resource of the same name is another one.
    if (word !== undefined && (await namespaceOf(pid)) === own) {
      const run = word.slice(mark.length);
      return { rsc: instance, run, shim: NOBODY, application: NOBODY, isOver: false };
    }
  }
  return undefined;
}

const namespaceOf = (pid: number | 'self'): Promise<string | undefined> =>
  readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);
