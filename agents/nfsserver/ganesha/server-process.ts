import {
  commandLineOf,
  isRunning,
  isStill,
  listProcesses,
  type ProcessFacts,
  type ProcessId,
  readPidFile,
  readProcess,
} from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';
import type { GaneshaFiles } from './files.ts';

/** Its name, which it does not change. */
const NAME = 'ganesha.nfsd';

/** Where the context's cache has the process that was recognized last. */
const RECOGNIZED = 'ganesha process';

/**
 * The server of this resource; undefined if none runs. It is recognized by its command line, in which its PID file is, and
 * not by the number in that file, which may name another process by now.
 */
export async function findServer(
  context: NfsContext,
  { pid: pidFile }: GaneshaFiles,
): Promise<ProcessFacts | undefined> {
  const named = await readPidFile(pidFile);
  const facts = named.kind === 'pid' ? await readProcess(named.pid) : undefined;
  if (facts !== undefined && (await isServer(context, facts, pidFile))) {
    return facts;
  }
  return (await findServers(context, pidFile))[0];
}

/** All processes that serve for this resource, whatever its PID file says; usually one. */
export async function findServers(context: NfsContext, pidFile: string): Promise<readonly ProcessFacts[]> {
  const servers: ProcessFacts[] = [];
  for (const facts of await listProcesses()) {
    if (await isServer(context, facts, pidFile)) {
      servers.push(facts);
    }
  }
  return servers;
}

async function isServer({ cache }: NfsContext, facts: ProcessFacts, pidFile: string): Promise<boolean> {
  if (facts.comm !== NAME || !isRunning(facts)) {
    return false;
  }
  const known = cache.get(RECOGNIZED) as ProcessId | undefined;
  if (known?.pid === facts.pid && known.startTicks === facts.startTicks) {
    return true;
  }
  const words = await commandLineOf(facts.pid);
  const isOurs = words[words.indexOf('-p') + 1] === pidFile && (await isStill(facts));
  if (isOurs) {
    cache.set(RECOGNIZED, { pid: facts.pid, startTicks: facts.startTicks } satisfies ProcessId);
  }
  return isOurs;
}
