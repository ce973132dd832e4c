import { readFile, realpath, stat } from 'node:fs/promises';
import { fileSystems, readMounts } from './mounts.ts';

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

/** How the root of a sandbox is made of the host's. */
export interface RootPlan {
  /** The root first, those above before those below. */
  readonly layers: readonly Layer[];
  /** Files that something is mounted on, as `/etc/hosts` in containers; they are copied. */
  readonly files: readonly string[];
}

/** What a full disk is tried with. At most two: the set-up keeps a descriptor of each. */
export const SMALL_FOLDERS = ['/run', '/var/log'] as const;

/** A comma or colon in it would end the option of overlayfs. */
const UNSPEAKABLE = /[,:\\\n]/;

/** Looks at the mounts of this process. */
export async function planRoot(): Promise<RootPlan> {
  const mounts = fileSystems(readMounts(await readFile('/proc/self/mountinfo', 'utf8')));
  const paths = [...new Set(['/', ...SMALL_FOLDERS, ...mounts])].sort();
  const layers: Layer[] = [];
  const files: string[] = [];
  for (const path of paths) {
    // What can't be looked at is not there for agents either.
    const stats = await stat(path).catch(() => undefined);
    // A link would lead out of the sandbox while that is being made.
    const isReal = stats !== undefined && (await realpath(path)) === path;
    if (isReal && stats.isDirectory() && !UNSPEAKABLE.test(path)) {
      const { mode, uid, gid } = stats;
      const isSmall = SMALL_FOLDERS.some((folder) => folder === path);
      layers.push({ path, mode: mode & 0o7777, uid, gid, isSmall });
    } else if (isReal && stats.isFile()) {
      files.push(path);
    }
  }
  return { layers, files };
}
