import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { executableOf, isRunning, listProcesses, type ProcessFacts } from '../kit/index.ts';

/** The processes that a server may need around it. */
export const HELPERS = ['rpcbind', 'rpc.statd', 'nfsdcld', 'rpc.mountd', 'sm-notify'] as const;

/** One of them. */
export type HelperName = (typeof HELPERS)[number];

/**
 * Those that run for this network namespace, of which there can be only one server. By what they are, and not by PID
 * files: those name foreign processes after a crash. Where the kernel doesn't say what another user's process executes
 * and where (containers have no CAP_SYS_PTRACE), its name has to do.
 */
export async function findHelpers(names: readonly HelperName[] = HELPERS): Promise<readonly ProcessFacts[]> {
  const candidates = (await listProcesses()).filter(
    (facts) => isRunning(facts) && names.some((name) => name === facts.comm),
  );
  const here = await networkOf('self');
  const verdicts = await Promise.all(
    candidates.map(async ({ pid }) => {
      const [file, network] = await Promise.all([executableOf(pid), networkOf(pid)]);
      const isIt = file === undefined || HELPERS.some((name) => name === basename(file));
      return isIt && (network === undefined || network === here);
    }),
  );
  return candidates.filter((_, index) => verdicts[index]);
}

const networkOf = (pid: number | 'self'): Promise<string | undefined> =>
  readlink(`/proc/${pid}/ns/net`).catch(() => undefined);
