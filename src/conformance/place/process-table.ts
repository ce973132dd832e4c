import { readdir, readFile } from 'node:fs/promises';
import type { SeenProcess } from '../place.ts';

// Fields of /proc/PID/stat behind the name, from 0 [proc(5)].
const FIELD = { state: 0, parent: 1, group: 2, session: 3, start: 19 };

/** Everything that runs in this PID namespace, by pid. What ends meanwhile is left out. */
export async function readProcesses(): Promise<readonly SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.sort((one, other) => one - other).map(readProcess));
  return found.filter((process) => process !== undefined);
}

/** Undefined when it is gone. */
export async function readProcess(pid: number): Promise<SeenProcess | undefined> {
  try {
    const stat = readStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replace(/\0+$/, '');
    return { pid, ...stat, command: words === '' ? `[${stat.name}]` : words.replaceAll('\0', ' ') };
  } catch {
    // It ended between the listing and the look.
    return undefined;
  }
}

/** A variable of the environment that a process was started with; undefined also where nobody may look. */
export async function environmentOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return text.split('\0');
}

/** The text of `/proc/PID/stat`. The name may hold anything, parentheses too. */
export function readStat(text: string): Omit<SeenProcess, 'pid' | 'command'> & { readonly name: string } {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const number = (at: number): number => Number(fields[at]);
  return {
    name: text.slice(text.indexOf('(') + 1, end),
    state: fields[FIELD.state] ?? '?',
    parent: number(FIELD.parent),
    group: number(FIELD.group),
    session: number(FIELD.session),
    startTicks: number(FIELD.start),
  };
}

/** Names a process for good: numbers are used again. */
export function identityOf({ pid, startTicks }: Pick<SeenProcess, 'pid' | 'startTicks'>): string {
  return `${pid} ${startTicks}`;
}

/** Sends a signal to those of them that are still there; others that have got their numbers since get none. */
export async function signalAll(processes: readonly SeenProcess[], signal: NodeJS.Signals): Promise<void> {
  for (const seen of processes) {
    const now = await readProcess(seen.pid);
    if (now !== undefined && identityOf(now) === identityOf(seen)) {
      send(seen.pid, signal);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended just now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
