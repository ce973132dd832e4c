import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentFailure, findProgram, OCF } from '../../kit/index.ts';
import { CAPABILITY, holdsCapability } from '../capabilities.ts';
import type { Export } from '../exports.ts';
import { isExportable } from '../mount-table.ts';
import type { NfsContext } from '../parameters.ts';
import { isRpcbindAnswering, needRpcbind } from '../rpcbind-service.ts';

const PROGRAM = 'ganesha.nfsd';

/**
 * Path of Ganesha.
 * @throws AgentFailure ERR_INSTALLED
 */
export async function needGanesha({ params, env }: NfsContext): Promise<string> {
  const wanted = params.ganesha ?? PROGRAM;
  const path = await findProgram(wanted, {
    ...env,
    PATH: `${env['PATH'] ?? ''}:/usr/local/sbin:/usr/local/bin`,
  });
  if (path === undefined) {
    throw new AgentFailure(
      OCF.ERR_INSTALLED,
      `Expected the program ${wanted}, got none: install nfs-ganesha and nfs-ganesha-vfs, or set the parameter ganesha`,
    );
  }
  return path;
}

/**
 * Whether this machine can serve the exports.
 * @throws AgentFailure ERR_INSTALLED, ERR_ARGS, ERR_PERM
 */
export async function checkRequirements(context: NfsContext, exports: readonly Export[]): Promise<void> {
  const { params } = context;
  await needGanesha(context);
  if (params.config_file !== undefined) {
    await needFile('config_file', params.config_file);
  }
  if (params.log_file !== undefined) {
    await needDirectory('the directory of log_file', dirname(params.log_file));
    await needLog(params.log_file);
  }
  if (params.nfs_shared_infodir !== undefined) {
    await needDirectory('nfs_shared_infodir', params.nfs_shared_infodir);
    await needWritable('nfs_shared_infodir', params.nfs_shared_infodir);
  }
  if (!params.nfsv4_only && !(await isRpcbindAnswering(context))) {
    await needRpcbind(context);
  }
  if (exports.length > 0 && params.fsal === 'VFS') {
    await checkCapability();
    for (const { path } of exports) {
      await needDirectory('export_path', path);
      await checkFileSystem(path);
    }
  }
}

async function needFile(name: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw absent(`${name} to be a readable file`, path, error);
  }
}

async function needDirectory(name: string, path: string): Promise<void> {
  const facts = await stat(path).catch((error: unknown) => {
    throw absent(`${name} to be a directory`, path, error);
  });
  if (!facts.isDirectory()) {
    throw new AgentFailure(OCF.ERR_ARGS, `Expected ${name} to be a directory, got something else at ${path}`);
  }
}

function absent(what: string, path: string, error: unknown): AgentFailure {
  const { code } = error as NodeJS.ErrnoException;
  const reason = `Expected ${what}, got ${code} for ${path}: is its file system mounted`;
  return new AgentFailure(code === 'EACCES' ? OCF.ERR_PERM : OCF.ERR_ARGS, reason, { cause: error });
}

/** Its content must be there later: the end of a start and of a reload is read from it. */
async function needLog(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    const reason = `Expected log_file to be a regular file, or none yet, got something else at ${path}`;
    throw new AgentFailure(OCF.ERR_ARGS, reason);
  }
}

async function needWritable(name: string, path: string): Promise<void> {
  await access(path, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    const reason = `Expected ${name} to be writable, got ${error.code} for ${path}: how is its file system mounted`;
    throw new AgentFailure(OCF.ERR_ARGS, reason, { cause: error });
  });
}

/** Without it clients can look but not open: every answer is NFS4ERR_PERM. */
async function checkCapability(): Promise<void> {
  if (!(await holdsCapability(CAPABILITY.dacReadSearch))) {
    throw new AgentFailure(
      OCF.ERR_PERM,
      'Expected the capability CAP_DAC_READ_SEARCH, with which Ganesha opens files, got none: run the container with --cap-add=DAC_READ_SEARCH',
    );
  }
}

async function checkFileSystem(path: string): Promise<void> {
  if (!(await isExportable(path))) {
    throw new AgentFailure(
      OCF.ERR_ARGS,
      `Expected export_path ${path} on a file system with file handles, got overlayfs, such as a container's own files: put it on a volume`,
    );
  }
}
