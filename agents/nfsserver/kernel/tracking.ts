import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../kit/index.ts';
import { listMounts } from '../mount-table.ts';
import type { NfsContext } from '../parameters.ts';
import { isMounted, tryMount } from './mounts.ts';
import { PROC_NFSD } from './procfs.ts';
import { stateDirectoryOf } from './state-directory.ts';

/** Where distributions have rpc_pipefs: Debian and the newer ones, Red Hat and the older ones. */
const PIPEFS_PLACES = ['/run/rpc_pipefs', '/var/lib/nfs/rpc_pipefs'] as const;

/** Where nfsdcld is to speak with the kernel, and whether we mount that first. */
export interface Pipefs {
  readonly path: string;
  readonly isOurs: boolean;
}

/** Where it is, or is to be. */
export async function findPipefs({ params }: NfsContext): Promise<Pipefs> {
  const given = params.rpcpipefs_dir;
  const places = (await listMounts()).filter(({ type }) => type === 'rpc_pipefs').map(({ path }) => path);
  for (const path of places.filter((place) => given === undefined || place === given)) {
    if (await isMounted({ type: 'rpc_pipefs', path })) {
      return { path, isOurs: false };
    }
  }
  const path = given ?? (await firstFolder(PIPEFS_PLACES)) ?? PIPEFS_PLACES[0];
  return { path, isOurs: true };
}

/**
 * Whether rpc_pipefs is there after this, and a daemon that can use it. Without them the server keeps no list of its NFSv4
 * clients: after a restart nobody can reclaim what he held, and everyone waits the whole grace period.
 */
export async function preparePipefs(context: NfsContext, { path, isOurs }: Pipefs): Promise<boolean> {
  const consequence = 'NFSv4 clients can not reclaim locks after a restart, and wait out the grace period';
  if ((await findProgram('nfsdcld', context.env)) === undefined) {
    context.log.info(`There is no nfsdcld: ${consequence}`);
    return false;
  }
  if (!isOurs) {
    return true;
  }
  await mkdir(path, { recursive: true }).catch(() => undefined); // the mount tells
  const said = await tryMount(context, { type: 'rpc_pipefs', path });
  if (said !== undefined) {
    context.log.warn(
      `rpc_pipefs can't be mounted at ${path} (${said}), so nfsdcld is not started: ${consequence}`,
    );
  }
  return isMounted({ type: 'rpc_pipefs', path });
}

/** Of nfsdcld. */
export const nfsdcldArguments = (context: NfsContext, pipefs: Pipefs): readonly string[] => [
  '-p',
  pipefs.path,
  '-s',
  join(stateDirectoryOf(context), 'nfsdcld'),
];

/** What a kernel without nfsdcld falls back on, where it is old enough; only in the machine's first network. */
export async function setRecoveryDirectory(context: NfsContext): Promise<void> {
  const file = `${PROC_NFSD}/nfsv4recoverydir`;
  await writeFile(file, `${join(stateDirectoryOf(context), 'v4recovery')}\n`).catch((error: Error) => {
    context.log.debug(`${file} is not set: ${error.message}`);
  });
}

async function firstFolder(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) {
      return path;
    }
  }
  return undefined;
}
