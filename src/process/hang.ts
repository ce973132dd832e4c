import { readdirSync, readFileSync } from 'node:fs';

/** A process as it was shortly before its program's time was over. */
export interface HungProcess {
  readonly pid: number;
  readonly parent: number;
  /** As the kernel names it: `R` runs, `S` sleeps, `D` waits for a disk or a network file system, `T` is stopped, `Z` a zombie. */
  readonly state: string;
  /** The function of the kernel that it waits in; absent where it runs, or the kernel does not tell. */
  readonly waitsIn?: string;
  /** Its command line, the beginning of it. */
  readonly command: string;
}

/** What a program was doing when its time was over [proc(5)]. */
export interface HangRecord {
  /** Parents before their children. */
  readonly processes: readonly HungProcess[];
  /** There were more. */
  readonly isCut: boolean;
  /** What was written last, on either stream; the newest line is the last one. */
  readonly lastLines: readonly string[];
}

/** So many processes are told of. */
const MAX_PROCESSES = 32;
/** So many processes of the machine are looked at; where there are more, only direct descent counts. */
const MAX_LOOKED_AT = 2000;
/** Programs often hang together, when a disk does: one look at all processes serves those of this time, in ms. */
const FRESH_MS = 50;
const MAX_COMMAND = 160;
const MAX_LINES = 5;
const MAX_LINE = 200;

interface Stat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly name: string;
}

/**
 * Looks at the processes that a program started: its descendants, and what else is in its process group. Files of /proc
 * only, some microseconds each; nothing of it can wait.
 */
export function recordHang(pid: number, lastLines: readonly string[], proc = '/proc'): HangRecord {
  const stats = freshStats(proc);
  const isOfIt = new Set<number>([pid]);
  // Parents have been there longer, but numbers wrap around: until nothing is added any more.
  for (let before = 0; before !== isOfIt.size; ) {
    before = isOfIt.size;
    for (const stat of stats) {
      if (isOfIt.has(stat.parent) || stat.group === pid) {
        isOfIt.add(stat.pid);
      }
    }
  }
  const found = inOrderOfDescent(
    pid,
    stats.filter((stat) => isOfIt.has(stat.pid)),
  );
  return {
    processes: found.slice(0, MAX_PROCESSES).map((stat) => describe(stat, proc)),
    isCut: found.length > MAX_PROCESSES,
    lastLines,
  };
}

/** The last lines of what was written, without control characters. */
export function lastLinesOf(text: string): readonly string[] {
  return text
    .slice(-MAX_LINES * 4 * MAX_LINE)
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '')
    .slice(-MAX_LINES)
    .map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line));
}

/** One line of it for who sees no more: where it waits, and what was written last. */
export function hangSummary({ processes, lastLines }: HangRecord): string {
  const parents = new Set(processes.map(({ parent }) => parent));
  const leaves = processes.filter(({ pid, state }) => !parents.has(pid) && state !== 'Z');
  // One that waits for a disk says most; else the one that was started last.
  const culprit = leaves.find(({ state }) => state === 'D') ?? leaves.at(-1) ?? processes.at(-1);
  const parts: string[] = [];
  if (culprit !== undefined) {
    const where = culprit.waitsIn === undefined ? '' : ` in ${culprit.waitsIn}`;
    parts.push(
      `it was in ${shortName(culprit.command)} (pid ${culprit.pid}, ${stateWord(culprit.state)}${where})`,
    );
  }
  const line = lastLines.at(-1);
  if (line !== undefined) {
    parts.push(`its last line was: ${line}`);
  }
  return parts.join('; ');
}

/** What a state of the kernel means, for people. */
export function stateWord(state: string): string {
  switch (state) {
    case 'R':
      return 'running';
    case 'S':
      return 'sleeping';
    case 'D':
      return 'waiting for a device';
    case 'T':
    case 't':
      return 'stopped';
    case 'Z':
      return 'zombie';
    default:
      return `state ${state}`;
  }
}

/** The program's name without its folder and arguments; of a script, the script's. */
function shortName(command: string): string {
  const [program = '', first] = command.split(' ');
  const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  return /^(ba|da|k|z)?sh$/.test(base(program)) && first?.startsWith('/') ? base(first) : base(program);
}

function inOrderOfDescent(root: number, stats: readonly Stat[]): readonly Stat[] {
  const byParent = Map.groupBy(stats, ({ parent, pid }) =>
    pid === root || !stats.some((other) => other.pid === parent) ? 0 : parent,
  );
  const ordered: Stat[] = [];
  const visit = (parent: number): void => {
    for (const stat of byParent.get(parent) ?? []) {
      ordered.push(stat);
      visit(stat.pid);
    }
  };
  visit(0);
  return ordered;
}

let lastLook: { readonly proc: string; readonly atMs: number; readonly stats: readonly Stat[] } | undefined;

function freshStats(proc: string): readonly Stat[] {
  const nowMs = performance.now();
  if (lastLook === undefined || lastLook.proc !== proc || nowMs - lastLook.atMs > FRESH_MS) {
    lastLook = { proc, atMs: nowMs, stats: readStats(proc) };
  }
  return lastLook.stats;
}

function readStats(proc: string): readonly Stat[] {
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  return pids.slice(-MAX_LOOKED_AT).flatMap((pid) => {
    const text = read(`${proc}/${pid}/stat`);
    // The name may hold anything, parentheses too: what follows the last one is fixed.
    const end = text.lastIndexOf(')');
    const [state, parent, group] = text.slice(end + 2).split(' ');
    return end === -1 || state === undefined
      ? []
      : [
          {
            pid: Number(pid),
            state,
            parent: Number(parent),
            group: Number(group),
            name: text.slice(text.indexOf('(') + 1, end),
          },
        ];
  });
}

function describe({ pid, parent, state, name }: Stat, proc: string): HungProcess {
  // Compilers put words of their own behind the name.
  const waitsIn = read(`${proc}/${pid}/wchan`)
    .trim()
    .replace(/\.(constprop|isra|part|cold)\b.*$/, '');
  const command = read(`${proc}/${pid}/cmdline`)
    .replaceAll('\0', ' ')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
  return {
    pid,
    parent,
    state,
    command: (command === '' ? `[${name}]` : command).slice(0, MAX_COMMAND),
    ...(waitsIn === '' || waitsIn === '0' ? {} : { waitsIn }),
  };
}

/** Of a process that is gone by now there is nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
