import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure, findProgram, isStill, OCF, type ProcessId, terminate } from '../kit/index.ts';
import { findHelpers } from './helper-processes.ts';
import type { NfsContext } from './parameters.ts';
import { callServer } from './rpc/call-server.ts';
import type { RpcConnection } from './rpc/rpc-connection.ts';
import { RpcFailure } from './rpc/rpc-failure.ts';
import { PROGRAM } from './rpc/rpc-message.ts';
import { callRpcbind, listRegistrations, RPCBIND_PORT } from './rpc/rpcbind.ts';

const START_MS = 5000;

/** For an answer of this machine's own programs. */
const ANSWER_MS = 2000;

const END_STEPS = [
  { signal: 'SIGTERM', waitMs: 2000 },
  { signal: 'SIGKILL', waitMs: 1000 },
] as const;

const TCP = 6;
const HOST = '127.0.0.1';

/**
 * Starts rpcbind, with which NFSv3's programs register, unless one answers.
 * @throws AgentFailure ERR_INSTALLED, ERR_GENERIC
 */
export async function startRpcbind(context: NfsContext): Promise<void> {
  if (await isRpcbindAnswering(context)) {
    return;
  }
  const path = await needRpcbind(context);
  // Before it is done: a stop must find what a start that was killed has left.
  await writeNote(context, { before: await rpcbinds() });
  // -w: with what was registered when it ended last.
  const { code, stderr } = await context.run({ path, args: ['-w'] });
  if (code !== 0) {
    const reason = `Expected rpcbind to start, got ${code === undefined ? 'no end of it' : `status ${code}`} ${stderr}`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason.trim());
  }
  await context.waitFor(
    `Expected rpcbind to answer on port ${RPCBIND_PORT}, got no answer`,
    async () => ((await isRpcbindAnswering(context)) ? true : undefined),
    START_MS,
  );
  await writeNote(context, { own: await ownOf(await readNote(context)) });
}

/**
 * Path of rpcbind.
 * @throws AgentFailure ERR_INSTALLED
 */
export async function needRpcbind({ env }: NfsContext): Promise<string> {
  const path = await findProgram('rpcbind', env);
  if (path === undefined) {
    const reason =
      'Expected the program rpcbind, which NFSv3 needs, got none: install rpcbind, or set nfsv4_only';
    throw new AgentFailure(OCF.ERR_INSTALLED, reason);
  }
  return path;
}

/** Ends the rpcbind that this resource has started, unless another program uses it. */
export async function stopRpcbind(context: NfsContext): Promise<void> {
  const own = await ownOf(await readNote(context));
  if (own.length > 0 && !(await isUsed(context))) {
    const find = async (): Promise<readonly ProcessId[]> => {
      const still = await Promise.all(own.map(isStill));
      return own.filter((_, index) => still[index]);
    };
    await terminate(context, { find, steps: END_STEPS });
  }
  await rm(await noteOf(context), { force: true });
}

/** What is known of the rpcbind that a start has brought: which it is, or which were there before. */
interface Note {
  readonly own?: readonly ProcessId[];
  readonly before?: readonly ProcessId[];
}

const noteOf = async ({ stateDirectory }: NfsContext): Promise<string> =>
  join(await stateDirectory(), 'rpcbind.json');

const writeNote = async (context: NfsContext, note: Note): Promise<void> =>
  writeFile(await noteOf(context), JSON.stringify(note));

/** What can't be read names nobody: then rpcbind stays. */
async function readNote(context: NfsContext): Promise<Note> {
  try {
    const note: unknown = JSON.parse(await readFile(await noteOf(context), 'utf8'));
    const { own, before } = (typeof note === 'object' && note !== null ? note : {}) as Record<
      string,
      unknown
    >;
    return Array.isArray(own)
      ? { own: own.filter(isProcessId) }
      : Array.isArray(before)
        ? { before: before.filter(isProcessId) }
        : {};
  } catch {
    return {};
  }
}

async function ownOf({ own, before }: Note): Promise<readonly ProcessId[]> {
  if (own !== undefined || before === undefined) {
    return own ?? [];
  }
  return (await rpcbinds()).filter(({ pid }) => !before.some((other) => other.pid === pid));
}

const isProcessId = (value: unknown): value is ProcessId =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  'startTicks' in value &&
  Number.isInteger(value.pid) &&
  Number.isInteger(value.startTicks);

const rpcbinds = async (): Promise<readonly ProcessId[]> =>
  (await findHelpers(['rpcbind'])).map(({ pid, startTicks }) => ({ pid, startTicks }));

/** Whether rpcbind is there: also that of a host whose network a container shares, and whose processes it can't see. */
export async function isRpcbindAnswering(context: NfsContext): Promise<boolean> {
  return ask(context, RPCBIND_PORT, async (connection) => {
    await callRpcbind(connection);
    return true;
  });
}

/** Whether a program other than rpcbind is registered, and there: the dead ones stay registered. */
async function isUsed(context: NfsContext): Promise<boolean> {
  return ask(context, RPCBIND_PORT, async (connection) => {
    const all = await listRegistrations(connection);
    const others = all.filter(({ program, protocol }) => program !== PROGRAM.rpcbind && protocol === TCP);
    for (const port of new Set(others.map(({ port }) => port))) {
      if (await ask(context, port, async () => true)) {
        return true;
      }
    }
    return false;
  });
}

/** False as well if the port's program does not answer as it should. */
async function ask(
  context: NfsContext,
  port: number,
  question: (connection: RpcConnection) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await callServer(context, { host: HOST, port, limitMs: ANSWER_MS }, question);
  } catch (error) {
    if (error instanceof RpcFailure) {
      return false;
    }
    throw error;
  }
}
