import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { AgentFailure, OCF, type ProcessId } from '../kit/index.ts';
import { accountOf, environmentFor, programOf, wordsOf } from './application.ts';
import type { Context } from './parameters.ts';

/** How a process ended. */
export interface End {
  readonly pid: number;
  readonly code?: number;
  /** Its number. */
  readonly signal?: number;
  /** Since the start. */
  readonly afterMs: number;
}

/** What the shim tells of one run [init/README.md, the shim]. */
export interface Run {
  readonly rsc: string;
  /** Tells this run from all others, in the environment of the application, too. */
  readonly run: string;
  readonly shim: ProcessId;
  /** The command's process. */
  readonly application: ProcessId;
  /** Of the command's process, when it has ended. */
  readonly end?: End;
  /** Of the last of all processes that ended. */
  readonly lastEnd?: End;
  /** The last lines of the output, when the command's process has ended. */
  readonly lines?: readonly string[];
  /** Nobody is left. */
  readonly isOver: boolean;
}

/** By which the processes of a run are known, whoever their parent is. */
export const MARK = 'BUNDLET_RESOURCE';

/** Files of the state directory. */
export const STATE_FILES = ['state.json', 'state.json.new', 'early'] as const;

/** What is known of the last run; undefined if there was none. */
export async function readRun(directory: string): Promise<Run | undefined> {
  try {
    // It is replaced as a whole, by the shim alone.
    return JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')) as Run;
  } catch {
    return undefined;
  }
}

/** `SIGTERM` for 15; numbers without a name stay. */
export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}

/**
 * Starts the application below a shim.
 * @returns false if another start was faster
 * @throws AgentFailure that tells what could not be done
 */
export async function launch(context: Context, directory: string): Promise<boolean> {
  const { params, instance } = context;
  const [program = '', ...args] = wordsOf(context, 'command');
  const account = await accountOf(context);
  const env = await environmentFor(context, account);
  const path = await programOf(context, program, env);
  const run = globalThis.crypto.randomUUID();
  const option = (name: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  const { code, stdout, stderr, errno } = await context.run({
    path: shimPath(),
    args: [
      ...option('rsc', instance),
      ...option('run', run),
      ...option('state', directory),
      ...option('log', params.log_file),
      ...option('directory', params.directory ?? '/'),
      ...option('umask', params.umask.toString(8)),
      ...option('nice', params.nice === 0 ? undefined : params.nice),
      ...(params.limits ?? []).flatMap((limit) => option('limit', limit)),
      ...option('uid', account?.uid),
      ...option('gid', account?.gid),
      ...(account?.groups ?? []).flatMap((group) => option('group', group)),
      ...(params.ready_log === undefined ? [] : ['--early']),
      '--',
      path,
      program,
      ...args,
    ],
    env: { ...env, [MARK]: `${instance}/${run}` },
  });
  const [answer, step = '', number = '', logErrno = '0'] = stdout.trim().split(' ');
  if (answer === 'started') {
    if (logErrno !== '0') {
      context.log.warn(
        `Expected to write the output to ${params.log_file ?? "the container's log"}, got ${errnoName(logErrno)}; it is lost`,
      );
    }
    return true;
  }
  if (answer === 'failed' && step === 'lock') {
    return false;
  }
  if (answer === 'failed') {
    throw explain(context, { step, errno: errnoName(number), path });
  }
  const what = errno ?? `status ${code}: ${stderr.trim()}`;
  throw new AgentFailure(OCF.ERR_INSTALLED, `Expected ${shimPath()} to start ${path}, got ${what}`);
}

/** esbuild and vitest put `__dirname` here: `/usr/lib/bundlet/agents` in an image. */
const shimPath = (): string =>
  /\.cjs$/.test(__filename)
    ? resolve(__dirname, '../pcmk-shim')
    : resolve(__dirname, '../../build/root/usr/lib/bundlet/pcmk-shim');

const errnoName = (number: string): string =>
  getSystemErrorMap().get(-Number(number))?.[0] ?? `errno ${number}`;

interface Fault {
  readonly step: string;
  readonly errno: string;
  readonly path: string;
}

/** What the parameter was whose step failed, and whose fault that is. */
function explain({ params }: Context, { step, errno, path }: Fault): AgentFailure {
  const isForbidden = errno === 'EPERM' || errno === 'EACCES';
  const got = `got ${errno}`;
  switch (step) {
    case 'exec':
      return errno === 'ENOENT'
        ? new AgentFailure(
            OCF.ERR_INSTALLED,
            `Expected to execute ${path}, ${got}: its interpreter or loader is missing`,
          )
        : new AgentFailure(
            isForbidden ? OCF.ERR_PERM : OCF.ERR_INSTALLED,
            `Expected to execute ${path}, ${got}`,
          );
    case 'directory':
      return new AgentFailure(
        isForbidden ? OCF.ERR_PERM : OCF.ERR_ARGS,
        `Expected to enter the directory ${params.directory ?? '/'}, ${got}`,
      );
    case 'limits':
      return new AgentFailure(
        isForbidden ? OCF.ERR_PERM : OCF.ERR_ARGS,
        `Expected to set the limits ${(params.limits ?? []).join(' ')}, ${got}`,
      );
    default:
      return new AgentFailure(
        isForbidden ? OCF.ERR_PERM : OCF.ERR_GENERIC,
        `Expected to start ${path}, ${got} at the step ${step}`,
      );
  }
}
