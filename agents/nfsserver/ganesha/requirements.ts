import { constants } from 'node:fs';
import { access, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentFailure, findProgram, OCF } from '../../kit/index.ts';
import type { Export } from '../exports.ts';
import type { NfsContext } from '../parameters.ts';

/** Type of overlayfs in statfs(2). */
const OVERLAYFS_MAGIC = 0x794c_7630;

/** Bit of CAP_DAC_READ_SEARCH [capabilities(7)], which open_by_handle_at(2) wants. */
const CAP_DAC_READ_SEARCH = 1n << 2n;

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
  }
  if (params.nfs_shared_infodir !== undefined) {
    await needDirectory('nfs_shared_infodir', params.nfs_shared_infodir);
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

/** Without it clients can look but not open: every answer is NFS4ERR_PERM. */
async function checkCapability(): Promise<void> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (effective !== undefined && (BigInt(`0x${effective}`) & CAP_DAC_READ_SEARCH) === 0n) {
    throw new AgentFailure(
      OCF.ERR_PERM,
      'Expected the capability CAP_DAC_READ_SEARCH, with which Ganesha opens files, got none: run the container with --cap-add=DAC_READ_SEARCH',
    );
  }
}

async function checkFileSystem(path: string): Promise<void> {
  const { type } = await statfs(path);
  if (type === OVERLAYFS_MAGIC && !(await isExportable(path))) {
    throw new AgentFailure(
      OCF.ERR_ARGS,
      `Expected export_path ${path} on a file system with file handles, got overlayfs, such as a container's own files: put it on a volume`,
    );
  }
}

/** overlayfs can, where it was mounted for that. */
async function isExportable(path: string): Promise<boolean> {
  const real = `${await realpath(path)}/`;
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').flatMap((line) => {
    const [, , , , point = '', ...rest] = line.split(' ');
    const prefix = point === '/' ? point : `${point}/`;
    return real.startsWith(prefix) ? [{ point, options: rest.at(-1) ?? '' }] : [];
  });
  // The longest one; of equal ones the last lies on top.
  const mount = mounts.reduce((best, each) => (each.point.length >= best.point.length ? each : best), {
    point: '',
    options: '',
  });
  return mount.options.split(',').includes('nfs_export=on');
}
