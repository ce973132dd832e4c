import { readdirSync, readFileSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { AgentFailure } from './agent-failure.ts';
import { OCF } from './exit-codes.ts';

/** One process, and never another that got its number later. */
export interface ProcessId {
  readonly pid: number;
  /** When it began, in clock ticks since the machine's start [proc(5): field 22 of stat]. */
  readonly startTicks: number;
}

/** What `/proc/PID/stat` tells. */
export interface ProcessFacts extends ProcessId {
  readonly ppid: number;
  /** R, S, D, T (stopped), Z (zombie), X … as in proc(5). */
  readonly state: string;
  /** Of its process group. */
  readonly pgrp: number;
  readonly session: number;
  /** Its name, at most 15 bytes, which it may choose itself. */
  readonly comm: string;
}

/** How many processes are looked at before others get their turn. */
const BATCH = 64;

/** What there is of a process; undefined if there is none. A zombie is there, with the state `Z`. */
export async function readProcess(pid: number): Promise<ProcessFacts | undefined> {
  return read(pid);
}

/** Whether it is there and can still do something: a zombie has ended, its parent has only not looked yet. */
export function isRunning(facts: ProcessFacts | undefined): facts is ProcessFacts {
  return facts !== undefined && facts.state !== 'Z' && facts.state !== 'X';
}

/** Whether it is still that process, and running. */
export async function isStill({ pid, startTicks }: ProcessId): Promise<boolean> {
  const facts = read(pid);
  return isRunning(facts) && facts.startTicks === startTicks;
}

/** All processes of this PID namespace, by number, zombies too. What ends or begins meanwhile may be left out. */
export async function listProcesses(): Promise<readonly ProcessFacts[]> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const all: ProcessFacts[] = [];
  for (const [index, pid] of pids.sort((one, other) => one - other).entries()) {
    if (index % BATCH === BATCH - 1) {
      await new Promise(setImmediate);
    }
    const facts = read(pid);
    if (facts !== undefined) {
      all.push(facts);
    }
  }
  return all;
}

/** Those of `all` that descend from a process, without itself. */
export function descendantsOf(pid: number, all: readonly ProcessFacts[]): readonly ProcessFacts[] {
  const tree = new Set([pid]);
  // Parents may have higher numbers than their children, so it is looked until nothing is new.
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid: child, ppid } of all) {
      if (tree.has(ppid)) {
        tree.add(child);
      }
    }
  }
  tree.delete(pid);
  return all.filter(({ pid: member }) => tree.has(member));
}

/** Path of the file that a process executes, also when it was replaced since; undefined if nobody may tell. */
export async function executableOf(pid: number): Promise<string | undefined> {
  const path = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  return path?.replace(/ \(deleted\)$/, '');
}

/** The words of its command line; none of a kernel thread, a zombie, or where there is no such process. */
export async function commandLineOf(pid: number): Promise<readonly string[]> {
  return splitStrings(await readStrings(pid, 'cmdline'));
}

/** Environment with which a process was started, as NAME=VALUE; empty if nobody may tell. */
export async function environmentOf(pid: number): Promise<readonly string[]> {
  return splitStrings(await readStrings(pid, 'environ'));
}

/**
 * Sends a signal, if it is still that process; false if it is gone. Between look and signal is a moment, in which the
 * kernel would have to give out all other numbers to confuse the two.
 * @throws AgentFailure ERR_PERM
 */
export async function sendSignal(id: ProcessId, signal: NodeJS.Signals | number): Promise<boolean> {
  // 0 and below mean groups to kill(2).
  if (id.pid < 1 || !(await isStill(id))) {
    return false;
  }
  try {
    return process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return false;
    }
    const reason = `Expected to be allowed to send ${signal} to process ${id.pid}, got ${(error as Error).message}`;
    throw new AgentFailure(OCF.ERR_PERM, reason, { cause: error });
  }
}

/** Read at once: the kernel has it at hand, and a turn through Node's threads costs ten times as much. */
function read(pid: number): ProcessFacts | undefined {
  try {
    return parse(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined; // it is gone
  }
}

/** `pid (name) state parent …`: the name may hold blanks and brackets, so its end is the last bracket [proc(5)]. */
function parse(pid: number, stat: string): ProcessFacts {
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const [state = '', ppid, pgrp, session] = fields;
  return {
    pid,
    startTicks: Number(fields[19]),
    ppid: Number(ppid),
    state,
    pgrp: Number(pgrp),
    session: Number(session),
    comm: stat.slice(stat.indexOf('(') + 1, end),
  };
}

/** Not at once: the kernel waits here for a process that waits for a disk with its memory locked. */
const readStrings = (pid: number, file: 'cmdline' | 'environ'): Promise<string> =>
  readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');

const splitStrings = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\0$/, '').split('\0');
