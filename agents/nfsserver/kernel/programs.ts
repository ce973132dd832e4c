import { AgentFailure, findProgram, OCF, type ProgramResult } from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';

/** How many lines of a program's words go into a reason. */
const LINES = 3;

/** Packages that have a program, for the reason that it is missing. */
const PACKAGES: Readonly<Record<string, string>> = {
  rpcbind: 'rpcbind',
  mount: 'mount, or util-linux',
  umount: 'mount, or util-linux',
  unshare: 'util-linux',
  'rpc.statd': 'nfs-common, or nfs-utils',
  'sm-notify': 'nfs-common, or nfs-utils',
};

/**
 * Path of a program that must be there.
 * @throws AgentFailure ERR_INSTALLED
 */
export async function needProgram(context: NfsContext, name: string): Promise<string> {
  const path = await findProgram(name, context.env);
  if (path === undefined && name.startsWith('/')) {
    throw new AgentFailure(
      OCF.ERR_INSTALLED,
      `Expected a program at ${name}, got none: is it in this container`,
    );
  }
  if (path === undefined) {
    const packages = PACKAGES[name] ?? 'nfs-kernel-server, or nfs-utils';
    const reason = `Expected the program ${name}, got none: install the package ${packages}`;
    throw new AgentFailure(OCF.ERR_INSTALLED, reason);
  }
  return path;
}

/**
 * Runs a program that must succeed.
 * @throws AgentFailure ERR_INSTALLED, ERR_GENERIC with what the program said
 */
export async function runOrFail(
  context: NfsContext,
  name: string,
  args: readonly string[],
): Promise<ProgramResult> {
  const result = await context.run({ path: await needProgram(context, name), args });
  if (result.code !== 0) {
    throw new AgentFailure(OCF.ERR_GENERIC, `Expected ${name} to succeed, got ${outcome(result)}`);
  }
  return result;
}

/** How a program ended, and the last lines that it said: the cause often stands before the consequence. */
export function outcome({ code, signal, errno, isTimedOut, stderr, stdout }: ProgramResult): string {
  const how = isTimedOut ? 'no end of it' : code === undefined ? (signal ?? errno) : `status ${code}`;
  const lines = (stderr.trim() || stdout.trim()).split('\n').slice(-LINES);
  const said = lines.map((line) => line.trim()).join('; ');
  return said === '' ? `${how}` : `${how}: ${said}`;
}
