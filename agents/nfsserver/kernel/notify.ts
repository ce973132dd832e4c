import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { findHelpers } from '../helper-processes.ts';
import type { NfsContext } from '../parameters.ts';
import { notifyArguments } from './arguments.ts';
import { needProgram, outcome } from './programs.ts';
import { stateDirectoryOf } from './state-directory.ts';

/** Below the state directory: whom sm-notify is to reach, for each of our addresses a directory as it wants it. */
const LISTS = 'sm.notify';

/** Name of the list where no address is given. */
const ANY_ADDRESS = 'any';

/** A client waits for locks until it is notified: but not longer than this share of the start. */
const FOREGROUND_SHARE = 0.5;

/**
 * Before statd starts: takes the clients that held locks out of its list, into one for each address under which they may
 * know us. sm-notify strikes out whom it reached; whom it never reached before the next start is on the list again then.
 */
export async function prepareNotification(context: NfsContext): Promise<void> {
  const directory = stateDirectoryOf(context);
  await countStart(directory);
  if (context.params.nfs_no_notify) {
    return;
  }
  const old = [directory, ...(await foldersIn(join(directory, LISTS)))];
  const sources = old.flatMap((place) => [join(place, 'sm'), join(place, 'sm.bak')]);
  const clients = new Map<string, string>();
  for (const source of sources) {
    for (const name of await namesIn(source)) {
      clients.set(name, join(source, name));
    }
  }
  const fresh = join(directory, `${LISTS}.new`);
  await rm(fresh, { recursive: true, force: true });
  for (const address of context.params.nfs_ip ?? [ANY_ADDRESS]) {
    await makeList(join(fresh, address), clients, directory);
  }
  await rm(join(directory, LISTS), { recursive: true, force: true });
  await rename(fresh, join(directory, LISTS));
  for (const name of ['sm', 'sm.bak']) {
    for (const client of await namesIn(join(directory, name))) {
      await rm(join(directory, name, client), { force: true });
    }
  }
}

/**
 * Notifies them, for all addresses at once, in the background. A notification that fails stops no server: clients find
 * out by themselves that their locks are gone.
 */
export async function startNotification(context: NfsContext): Promise<void> {
  const { params, log } = context;
  if (params.nfs_no_notify) {
    return;
  }
  const program = await needProgram(context, notifyProgram(params));
  for (const list of await foldersIn(join(stateDirectoryOf(context), LISTS))) {
    if ((await namesIn(join(list, 'sm'))).length === 0) {
      continue;
    }
    const address = params.nfs_ip?.find((candidate) => list.endsWith(`/${candidate}`));
    const result = await context.run({ path: program, args: notifyArguments(params, list, address) });
    if (result.code !== 0) {
      const hint = address === undefined ? '' : `; does ${address} have a name that leads back to it`;
      log.error(
        `NFSv3 clients are not notified from ${address ?? 'this host'}, got ${outcome(result)}${hint}`,
      );
    }
  }
  if (params.nfs_notify_foreground) {
    await waitForEnd(context);
  }
}

/** The program that notifies; rpc.statd, which may be given too, would run it. */
export const notifyProgram = ({ nfs_notify_cmd: given }: NfsContext['params']): string =>
  given === undefined || given.endsWith('/rpc.statd') ? 'sm-notify' : given;

async function waitForEnd(context: NfsContext): Promise<void> {
  const limitMs = context.leftMs() * FOREGROUND_SHARE;
  const endsAtMs = context.clock.nowMs() + limitMs;
  const isLate = await context.waitFor(
    'Expected sm-notify to end, got no end of it',
    async () => {
      if ((await findHelpers(['sm-notify'])).length === 0) {
        return false;
      }
      return context.clock.nowMs() >= endsAtMs ? true : undefined;
    },
    2 * limitMs,
  );
  if (isLate) {
    context.log.warn(
      `Some NFSv3 clients didn't answer within ${Math.round(limitMs)} ms; notified in the background`,
    );
  }
}

/** The number by which clients know whether a server was restarted: odd while it runs, and higher every time [NSM]. */
async function countStart(directory: string): Promise<void> {
  const file = join(directory, 'state');
  const old = await readFile(file).catch(() => Buffer.alloc(0));
  const bytes = Buffer.alloc(4);
  const isLittle = endianness() === 'LE';
  const count = old.length < 4 ? 0 : isLittle ? old.readInt32LE() : old.readInt32BE();
  const next = nextState(count);
  isLittle ? bytes.writeInt32LE(next) : bytes.writeInt32BE(next);
  await writeFile(`${file}.new`, bytes, { mode: 0o644 });
  await rename(`${file}.new`, file);
}

/** The next odd number; from the beginning when there is none. */
export function nextState(count: number): number {
  const next = count % 2 === 0 ? count + 1 : count + 2;
  return next > 0 && next <= 0x7fff_ffff ? next : 1;
}

async function makeList(
  list: string,
  clients: ReadonlyMap<string, string>,
  directory: string,
): Promise<void> {
  await mkdir(join(list, 'sm.bak'), { recursive: true, mode: 0o700 });
  await mkdir(join(list, 'sm'), { mode: 0o700 });
  await copyFile(join(directory, 'state'), join(list, 'state'));
  for (const [name, file] of clients) {
    await copyFile(file, join(list, 'sm', name));
  }
}

const namesIn = (directory: string): Promise<readonly string[]> => readdir(directory).catch(() => []);

const foldersIn = async (directory: string): Promise<readonly string[]> =>
  (await namesIn(directory)).map((name) => join(directory, name));
