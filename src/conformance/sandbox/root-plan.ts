import { access, constants, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystems, isWithin, type MountPoint, readMounts } from './mounts.ts';

/** As whom a sandbox is made: by root, or in a user namespace, where there is no other user than root. */
export type SandboxMode = 'root' | 'user';

/** A folder that is covered by a layer of the sandbox's own. */
export interface Layer {
  /** Where it lies, on the host and in the sandbox. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Has a small file system of its own for what is written, so that it can be filled. */
  readonly isSmall: boolean;
}

/** How the root of a sandbox is made of the host's. What lies above others comes first everywhere. */
export interface RootPlan {
  readonly mode: SandboxMode;
  readonly layers: readonly Layer[];
  /** Are made anew, empty. */
  readonly folders: readonly string[];
  /** Files and links that are copied. */
  readonly copies: readonly string[];
}

/** What a full disk is tried with. At most two: the set-up keeps a descriptor of each. */
export const SMALL_FOLDERS = ['/run', '/var/log'] as const;

/** A comma or colon in it would end the option of overlayfs. */
const UNSPEAKABLE = /[,:\\\n]/;
/** Of files that are copied. */
const LARGEST_BYTES = 1024 * 1024;

/** Looks at the mounts of this process. */
export async function planRoot(mode: SandboxMode): Promise<RootPlan> {
  const mounts = readMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const { wanted, folders, copies } =
    mode === 'root' ? await wholeFileSystems(mounts) : await untouchedFolders(mounts);
  const found = await Promise.all([...new Set([...wanted, ...SMALL_FOLDERS])].map(layerAt));
  const layers = found.filter((layer) => layer !== undefined).filter(({ path }) => !folders.includes(path));
  return { mode, layers: layers.sort(byPath), folders, copies };
}

interface Wanted {
  readonly wanted: readonly string[];
  readonly folders: readonly string[];
  readonly copies: readonly string[];
}

/** Root may cover what he likes. Where a file is mounted on a file, as `/etc/hosts` in containers, a copy of it lies. */
async function wholeFileSystems(mounts: readonly MountPoint[]): Promise<Wanted> {
  const wanted = ['/', ...fileSystems(mounts)];
  const isFile = await Promise.all(
    wanted.map((path) =>
      stat(path).then(
        (stats) => stats.isFile(),
        () => false,
      ),
    ),
  );
  return { wanted, folders: [], copies: wanted.filter((_, at) => isFile[at]) };
}

/**
 * In a user namespace the kernel lets nobody see what mounts of the host cover, so that no layer may have one below it
 * [linux fs/namespace.c: clone_private_mount]. Folders that have some are made anew, and what is in them is looked at one by one.
 */
async function untouchedFolders(mounts: readonly MountPoint[]): Promise<Wanted> {
  const wanted: string[] = [];
  const folders: string[] = [];
  const copies: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    if (!mounts.some(({ path }) => path !== folder && isWithin(path, folder))) {
      wanted.push(folder);
      return;
    }
    folders.push(folder);
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        await (MADE_ANEW.includes(path) ? undefined : visit(path));
      } else if (entry.isSymbolicLink() || (entry.isFile() && (await stat(path)).size <= LARGEST_BYTES)) {
        copies.push(path);
      }
    }
  };
  await visit('/');
  return { wanted, folders: folders.filter((path) => path !== '/'), copies };
}

const MADE_ANEW = ['/proc', '/sys', '/dev'];

/** Undefined for what is no folder that a layer can cover. */
async function layerAt(path: string): Promise<Layer | undefined> {
  // What can't be looked at is not there for agents either.
  const stats = await access(path, constants.R_OK).then(
    () => stat(path),
    () => undefined,
  );
  // A link would lead out of the sandbox while that is being made.
  if (stats?.isDirectory() !== true || UNSPEAKABLE.test(path) || (await realpath(path)) !== path) {
    return undefined;
  }
  const { mode, uid, gid } = stats;
  return { path, mode: mode & 0o7777, uid, gid, isSmall: SMALL_FOLDERS.some((folder) => folder === path) };
}

const byPath = (one: Layer, other: Layer): number => (one.path < other.path ? -1 : 1);
