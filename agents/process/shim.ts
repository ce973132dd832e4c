import { resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { AgentFailure, OCF, type ProgramResult } from '../kit/index.ts';
import type { Account } from './accounts.ts';
import { accountOf, environmentFor, programOf, wordsOf } from './application.ts';
import type { Context } from './parameters.ts';
import { MARK } from './run.ts';

/** Its exit status when it could not do what it was told. */
const SHIM_FAILED = 1;

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
  const { code, signal, stdout, stderr, errno } = await context.run({
    path: shimPath(),
    args: [
      ...option('rsc', instance),
      ...option('run', run),
      ...option('state', directory),
      ...option('log', params.log_file),
      ...worldOptions(context, account),
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
  const what = errno ?? signal ?? `status ${code}: ${stderr.trim()}`;
  throw new AgentFailure(
    // Whatever else came over it, such as the end of the action's time, is no fault of this machine.
    errno === undefined ? OCF.ERR_GENERIC : OCF.ERR_INSTALLED,
    `Expected ${shimPath()} to start ${path}, got ${what}`,
  );
}

const option = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}`, String(value)];

/** What the application and the commands beside it are told to become. */
const worldOptions = ({ params }: Context, account: Account | undefined): readonly string[] => [
  ...option('directory', params.directory ?? '/'),
  ...option('umask', params.umask.toString(8)),
  ...option('nice', params.nice === 0 ? undefined : params.nice),
  ...(params.limits ?? []).flatMap((limit) => option('limit', limit)),
  ...option('uid', account?.uid),
  ...option('gid', account?.gid),
  ...(account?.groups ?? []).flatMap((group) => option('group', group)),
];

/** A command beside the application, and how it is run. */
export interface Command {
  /** With the program. */
  readonly words: readonly string[];
  readonly timeoutMs: number;
  /** Its MAINPID. */
  readonly mainPid?: number | undefined;
}

/**
 * Runs a command in the application's world: its user with all groups, directory, environment, umask, niceness and limits.
 * @throws AgentFailure that tells what could not be done
 */
export async function runBeside(
  context: Context,
  { words, timeoutMs, mainPid }: Command,
): Promise<ProgramResult> {
  const [program = ''] = words;
  const account = await accountOf(context);
  const env = await environmentFor(context, account);
  const path = await programOf(context, program, env);
  const result = await context.run({
    path: shimPath(),
    args: ['--exec', ...worldOptions(context, account), '--', path, ...words],
    env: mainPid === undefined ? env : { ...env, MAINPID: String(mainPid) },
    timeoutMs,
  });
  const [, step, number = ''] = /^pcmk-shim: failed (\w+) (\d+)\n$/.exec(result.stderr) ?? [];
  if (result.code === SHIM_FAILED && step !== undefined) {
    throw explain(context, { step, errno: errnoName(number), path });
  }
  return result;
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
