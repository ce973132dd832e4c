import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import {
  commandLineOf,
  descendantsOf,
  executableOf,
  isRunning,
  listProcesses,
  type ProcessFacts,
  type ProcessId,
  readPidFile,
  readProcess,
} from '../kit/index.ts';
import { DEFAULT_CONFIG_FILES } from './config/index.ts';
import type { Installation } from './installation.ts';

/** The main process of a server. */
export interface Main extends ProcessFacts {
  /** Whether the PID file names it, so that other tools find it, too. */
  readonly isNamed: boolean;
}

/** The kernel keeps so much of a name. */
const COMM_LENGTH = 15;

/** Names of programs that may be behind a script. */
const USUAL_NAMES = /^(httpd|apache)/;

/** Words before a number of the command line that make it no server but a question or an order to one. */
const OTHER_USES: ReadonlySet<string> = new Set(['-t', '-S', '-v', '-V', '-l', '-L', '-M', '-h']);

/**
 * The main process by its PID file, or by what the start remembers, which survives a graceful restart that writes the
 * file anew, and everything else that may become of it. Cheap: no look at other processes. With a cache, what the last
 * look has found is not looked through again while it is the same process.
 */
export async function findMain(
  installation: Installation,
  known?: ProcessId,
  cache?: Map<string, unknown>,
): Promise<Main | undefined> {
  const { pidFile, isLocal } = installation;
  const file = await readPidFile(pidFile, { isLocal });
  if (file.kind === 'pid') {
    const facts = await readProcess(file.pid);
    const seal = facts === undefined ? '' : sealOf(facts, installation);
    if (
      isRunning(facts) &&
      (cache?.get(CACHE_NAME) === seal || (await isOurs(facts, installation, { isNamed: true })))
    ) {
      cache?.set(CACHE_NAME, seal);
      return { ...facts, isNamed: true };
    }
  }
  const facts = known === undefined ? undefined : await readProcess(known.pid);
  const isKnown = isRunning(facts) && facts.startTicks === known?.startTicks;
  return isKnown && (await isOurs(facts, installation, { isNamed: true }))
    ? { ...facts, isNamed: false }
    : undefined;
}

const CACHE_NAME = 'apache.main';

/** One process that executes one program, of one server: its words are those that it was started with. */
const sealOf = (
  { pid, startTicks, comm }: ProcessFacts,
  { program, configFile, pidFile, serverRoot }: Installation,
): string => JSON.stringify([pid, startTicks, comm, program, configFile, pidFile, serverRoot]);

/** Names under which it runs: the program's own, and that of a link to it, as SUSE has one. */
const namesOf = ({ httpd }: Installation, program: string | undefined): readonly string[] =>
  program === undefined ? [] : [basename(program), basename(httpd)];

/** The processes of a server, whoever they descend from. */
export interface Members {
  /** Its main process, if that is among them. */
  readonly main?: ProcessFacts;
  /** Those that execute the server's program: the main process and its workers. */
  readonly servers: readonly ProcessFacts[];
  /** And what these started. */
  readonly all: readonly ProcessFacts[];
}

/**
 * All processes of a server: those of the same program with the same configuration file, what they started, and what is
 * in a session that one of them leads, such as its loggers. Nothing is taken for one by its command line alone.
 */
export async function findMembers(installation: Installation): Promise<Members> {
  const all = (await listProcesses()).filter(isRunning);
  const { program } = installation;
  const names = namesOf(installation, program).map((name) => name.slice(0, COMM_LENGTH));
  const isCandidate = ({ comm }: ProcessFacts): boolean => USUAL_NAMES.test(comm) || names.includes(comm);
  const own = new Map<number, ProcessFacts>();
  for (const facts of all.filter(isCandidate)) {
    if ((await isOurs(facts, installation, { isNamed: false })) && (await isHere(facts.pid))) {
      own.set(facts.pid, facts);
    }
  }
  const [main] = [...own.values()].filter(({ pid, pgrp, ppid }) => pid === pgrp && !own.has(ppid));
  const tree = new Set([...own.keys()].flatMap((pid) => descendantsOf(pid, all).map((facts) => facts.pid)));
  const members = all.filter(({ pid, session }) => own.has(pid) || tree.has(pid) || own.has(session));
  return { ...(main === undefined ? {} : { main }), servers: [...own.values()], all: members };
}

/**
 * Whether it is a process of this server: executes its program, with its configuration file. A process that the PID file
 * names may have been started by hand, without the words that the agent gives.
 */
async function isOurs(
  { pid, comm }: ProcessFacts,
  installation: Installation,
  { isNamed }: { readonly isNamed: boolean },
): Promise<boolean> {
  const { program } = installation;
  const executable = await executableOf(pid);
  const words = await commandLineOf(pid);
  if (executable === undefined || program === undefined) {
    // Without CAP_SYS_PTRACE root may not look behind the workers, which have another user; their words it may read.
    const name = basename(executable ?? words[0] ?? '');
    const isUsual =
      program === undefined ? USUAL_NAMES.test(comm) : namesOf(installation, program).includes(name);
    return isUsual && hasConfiguration(words, installation, isNamed);
  }
  return executable === program && hasConfiguration(words, installation, isNamed);
}

function hasConfiguration(words: readonly string[], installation: Installation, isNamed: boolean): boolean {
  const order = optionOf(words, '-k') ?? 'start';
  if (order !== 'start' || words.some((word) => OTHER_USES.has(word))) {
    return false;
  }
  const pidFile = words.map((word) => /^(?:-c)?\s*PidFile\s+"?(.*?)"?\s*$/i.exec(word)?.[1]).find(Boolean);
  if (pidFile !== undefined && pidFile !== installation.pidFile) {
    return false;
  }
  const file = optionOf(words, '-f');
  if (file === undefined) {
    return isNamed || DEFAULT_CONFIG_FILES.includes(installation.configFile);
  }
  const root = optionOf(words, '-d') ?? installation.serverRoot;
  return (isAbsolute(file) ? file : join(root, file)) === installation.configFile;
}

/** `-f FILE` or `-fFILE`. */
function optionOf(words: readonly string[], option: string): string | undefined {
  const index = words.findIndex((word) => word.startsWith(option));
  const word = words[index];
  return word === option ? words[index + 1] : word?.slice(option.length);
}

/** Not in a container within: a host sees the processes of its containers, whose paths mean other files. */
async function isHere(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const numbers = /^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '';
  return numbers.trim().split(/\s+/).length <= 1;
}
