import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { AgentFailure, OCF } from '../../kit/index.ts';
import { CAPABILITY, holdsCapability } from '../capabilities.ts';
import { isExportable } from '../mount-table.ts';
import type { NfsContext } from '../parameters.ts';
import { placedExports } from './entries.ts';
import { needNfsd } from './mounts.ts';
import { notifyProgram } from './notify.ts';
import { needProgram } from './programs.ts';

/**
 * Whether the kernel's server can run with these parameters on this machine.
 * @throws AgentFailure 6, 5, 2 or 4
 */
export async function validateAll(context: NfsContext): Promise<void> {
  const { params } = context;
  const exports = placedExports(params);
  const notify = params.nfs_notify_cmd;
  if (notify !== undefined && !['sm-notify', 'rpc.statd'].includes(basename(notify))) {
    const reason = `Expected nfs_notify_cmd to be a path of sm-notify or rpc.statd, got ${notify}`;
    throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
  }
  if (!context.mayLookAtHost) {
    return;
  }
  const programs = ['rpc.nfsd', 'rpc.mountd', 'exportfs'];
  const v3Programs = params.nfsv4_only ? [] : ['rpc.statd'];
  const notifiers = params.nfsv4_only || params.nfs_no_notify ? [] : [notifyProgram(params)];
  for (const name of [...programs, ...v3Programs, ...notifiers]) {
    await needProgram(context, name);
  }
  for (const { path } of exports) {
    await checkDirectory(path);
  }
  if (exports.length > 0 && !exports.some(({ pseudo }) => pseudo === '/')) {
    await checkRoot();
  }
  await checkScope(context);
  await needNfsd(context);
}

async function checkDirectory(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? 'EIO');
  if (typeof found === 'string' || !found.isDirectory()) {
    const got = typeof found === 'string' ? found : 'something else';
    throw new AgentFailure(OCF.ERR_ARGS, `Expected a directory at the export_path ${path}, got ${got}`);
  }
  if (!(await isExportable(path))) {
    const reason = `Expected the export_path ${path} on a file system that can be exported, got overlayfs: use a volume`;
    throw new AgentFailure(OCF.ERR_ARGS, reason);
  }
}

/** The way to the exports is part of NFSv4's tree, so its beginning must be exportable too. */
async function checkRoot(): Promise<void> {
  if (!(await isExportable('/'))) {
    const reason =
      'Expected / on a file system that can be exported, as the way from it to export_path is part of what NFSv4 clients see, got overlayfs: make one export the root by pseudo=/';
    throw new AgentFailure(OCF.ERR_ARGS, reason);
  }
}

async function checkScope({ params: { nfs_server_scope: scope } }: NfsContext): Promise<void> {
  if (scope === undefined || scope === hostname()) {
    return;
  }
  if (!(await holdsCapability(CAPABILITY.sysAdmin))) {
    const reason = `Expected CAP_SYS_ADMIN to start a server with the scope ${scope}, got a process without it: give the container that host name instead, or the capability`;
    throw new AgentFailure(OCF.ERR_PERM, reason);
  }
}
