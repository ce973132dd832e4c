import { chown, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure, OCF } from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';

/** Where nfs-utils keeps the table of exports, and all else unless it is told another place. */
export const NFS_UTILS_DIRECTORY = '/var/lib/nfs';

/** Users that statd becomes: Debian's and Red Hat's. */
const STATD_USERS = ['statd', 'rpcuser'];

/** What survives a fail-over lies here: the names of resource-agents' `nfsserver`, so that either finds the other's. */
export const stateDirectoryOf = ({ params }: NfsContext): string =>
  params.nfs_shared_infodir ?? NFS_UTILS_DIRECTORY;

/**
 * Makes what nfs-utils expects. The shared directory is not mounted over `/var/lib/nfs`: every program is told where it
 * is, which needs no privilege, and nothing holds a mount when it should go. The table of exports stays on the node: it
 * is made anew by every start.
 * @throws AgentFailure ERR_ARGS where it can't
 */
export async function makeStateDirectory(context: NfsContext): Promise<void> {
  const directory = stateDirectoryOf(context);
  const { nfs_shared_infodir: shared } = context.params;
  try {
    await mkdir(NFS_UTILS_DIRECTORY, { recursive: true });
    for (const table of ['etab', 'rmtab']) {
      // exportfs fails where there is no table yet, after it has exported.
      await (await open(join(NFS_UTILS_DIRECTORY, table), 'a', 0o644)).close();
    }
    for (const name of ['v4recovery', 'nfsdcld', 'sm', 'sm.bak']) {
      await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    const where =
      shared === undefined ? NFS_UTILS_DIRECTORY : `${NFS_UTILS_DIRECTORY} and nfs_shared_infodir`;
    const reason = `Expected ${where} to be writable, got ${(error as Error).message}: is its file system mounted`;
    throw new AgentFailure(OCF.ERR_ARGS, reason, { cause: error });
  }
  await giveToStatd(context, directory);
}

/** statd becomes the owner of its files; it stays root where they are root's, so a failure only gets a note. */
async function giveToStatd(context: NfsContext, directory: string): Promise<void> {
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const [, , uid, gid] =
    users.map((line) => line.split(':')).find(([name = '']) => STATD_USERS.includes(name)) ?? [];
  if (uid === undefined || gid === undefined) {
    return;
  }
  for (const name of ['sm', 'sm.bak', 'state']) {
    await chown(join(directory, name), Number(uid), Number(gid)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') {
        context.log.info(`rpc.statd will run as root: ${error.message}`);
      }
    });
  }
}
