import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AGENT_CLASSES, type AgentClass, type ContractCase } from './model.ts';

export interface Options {
  /** Shell text that starts the daemon. */
  readonly daemon: string;
  readonly only: RegExp | undefined;
  readonly classes: readonly AgentClass[];
  readonly jobs: number;
  readonly json: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

/** The command line is wrong: exit status 64, as the daemon's own. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const CHECKOUT = resolve(import.meta.dirname, '../..');
const DEFAULT_JOBS = 6;
const MOST_JOBS = 64;

export const USAGE = `Plays every promise of Pacemaker Remote's executor against a daemon, fresh for each case, in private
namespaces, and tells which it keeps.

  npm run test:contract -- [options]           builds first
  node test/contract/contract.ts [options]

  --daemon 'CMD'   how to start the daemon (build/pacemaker-remoted): a shell text. It finds PCMK_authkey_location,
                   PCMK_remote_address, PCMK_remote_port and its other options in the environment
  --only PATTERN   cases whose name matches this regular expression; repeatable
  --class NAME     cases that need no other classes of agents than those named (repeatable):
                   ${AGENT_CLASSES.join(', ')}
  --jobs COUNT     cases at a time (${DEFAULT_JOBS})
  --json FILE      write the results to FILE
  --list           names of the cases, where they are promised, and what is left out
  --help

Exit status: 0 all passed, 1 something failed, 64 wrong option, 130 interrupted.
`;

const split = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        daemon: { type: 'string', default: join(CHECKOUT, 'build/pacemaker-remoted') },
        only: { type: 'string', multiple: true, default: [] },
        class: { type: 'string', multiple: true, default: [] },
        jobs: { type: 'string', default: String(DEFAULT_JOBS) },
        json: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

/** @throws UsageError with what was expected and what came */
export function readOptions(args: readonly string[]): Options {
  const values = split(args);
  if (values.daemon.trim() === '') {
    throw new UsageError('Expected --daemon to be a command, got nothing');
  }
  return {
    daemon: values.daemon,
    only: values.only.length === 0 ? undefined : patternOf(values.only.join('|')),
    classes: classesOf(values.class),
    jobs: jobsOf(values.jobs),
    json: values.json,
    list: values.list,
    help: values.help,
  };
}

/** The cases that the options name. @throws UsageError if there are none. */
export function choose(cases: readonly ContractCase[], options: Options): ContractCase[] {
  const { only, classes } = options;
  const chosen = cases.filter(
    (one) =>
      (only === undefined || only.test(one.name)) && one.classes.every((name) => classes.includes(name)),
  );
  if (chosen.length === 0) {
    throw new UsageError(
      'Expected --only and --class to leave at least one case, they leave none; see --list',
    );
  }
  return chosen;
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new UsageError(`Expected --only to be a regular expression, got "${source}"`, { cause: error });
  }
}

function classesOf(names: readonly string[]): readonly AgentClass[] {
  const isClass = (name: string): name is AgentClass => AGENT_CLASSES.some((known) => known === name);
  const unknown = names.find((name) => !isClass(name));
  if (unknown !== undefined) {
    throw new UsageError(`Expected --class to be one of ${AGENT_CLASSES.join(', ')}, got "${unknown}"`);
  }
  return names.length === 0 ? AGENT_CLASSES : names.filter(isClass);
}

function jobsOf(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) {
    throw new UsageError(`Expected --jobs to be a number from 1 to ${MOST_JOBS}, got "${text}"`);
  }
  return jobs;
}
