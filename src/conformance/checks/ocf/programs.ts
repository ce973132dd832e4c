import { existsSync } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SeenProcess } from '../../place.ts';
import type { ServiceWatch } from '../../service-watch.ts';
import { canRun, isFile } from './named-files.ts';

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Programs that run others' text, or that agents need themselves: without them nothing is said about the service. */
const EVERYBODYS =
  /^(sh|dash|bash|ksh\w*|zsh|busybox|coreutils|env|python[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|sleep|cat|tail|tee|su|runuser|setsid|nohup)$/;

/** What has to be there for the service to be installed. */
export interface Programs {
  readonly paths: readonly string[];
  /** Found out from what runs, and not told by the cases. */
  readonly isGuess: boolean;
}

/** Programs of the service: by the cases, else those that its processes run. Ends the check where none can be told. May leave it started. */
export async function programsOf(watch: ServiceWatch): Promise<Programs> {
  const { trial } = watch;
  const told = trial.subject.cases.programs;
  if (told !== undefined) {
    const found = await Promise.all(told.map((name) => findTold(name, trial.subject.path)));
    const paths = found.filter((path) => path !== undefined);
    return paths.length > 0
      ? { paths, isGuess: false }
      : trial.skip(`None of its "programs" in the cases is here: ${told.join(', ')}`);
  }
  const { mains } = await watch.start();
  watch.requireProcesses(mains);
  const run = await Promise.all(mains.map((main) => programOf(main)));
  const paths = [...new Set(run)]
    .filter((path) => path !== undefined)
    .filter((path) => path !== trial.subject.path);
  if (paths.length === 0) {
    trial.skip(
      'Which program it is can not be told from its processes, and "programs" in the cases does not say it',
    );
  }
  return { paths, isGuess: true };
}

/** By its path; a name is looked for beside the agent, which may well have it itself, then in PATH. */
async function findTold(name: string, agent: string): Promise<string | undefined> {
  const path = resolve(dirname(agent), name);
  return existsSync(path) && path !== agent ? path : findInPath(name);
}

/** Where a program of this name lies, links followed. */
export async function findInPath(name: string): Promise<string | undefined> {
  for (const directory of PATH) {
    const path = join(directory, name);
    if ((await isFile(path)) && (await canRun(path))) {
      return realpath(path);
    }
  }
  return undefined;
}

/** The program of a process; of an interpreter the script that it runs. */
async function programOf({ pid, command }: SeenProcess): Promise<string | undefined> {
  const program = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  if (program === undefined || !EVERYBODYS.test(basename(program))) {
    return program !== undefined && (await isFile(program)) ? program : undefined;
  }
  for (const word of command.split(' ').slice(1)) {
    if (word.startsWith('/') && (await isFile(word)) && (await canRun(word))) {
      return realpath(word);
    }
  }
  return undefined;
}
