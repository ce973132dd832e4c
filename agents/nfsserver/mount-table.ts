import { readFile, realpath, statfs } from 'node:fs/promises';

/** Type of overlayfs in statfs(2). */
const OVERLAYFS_MAGIC = 0x794c_7630;

/** One file system in the tree. */
export interface Mount {
  readonly path: string;
  /** Such as `nfsd`. */
  readonly type: string;
  /** Options of the file system, not of this mount. */
  readonly options: readonly string[];
}

/** Reads `/proc/self/mountinfo`; later ones lie on top of earlier ones [proc(5)]. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [place = '', source] = line.split(' - ');
    const path = place.split(' ')[4];
    const [type, , options = ''] = source?.split(' ') ?? [];
    return path === undefined || type === undefined
      ? []
      : [{ path: unescaped(path), type, options: options.split(',') }];
  });
}

/** All that is mounted in this mount namespace. */
export async function listMounts(): Promise<readonly Mount[]> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** What lies on top at a path. */
export function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.findLast((mount) => mount.path === path);
}

/** Whether a directory can be exported: overlayfs has file handles only where it was mounted with `nfs_export=on`. */
export async function isExportable(path: string): Promise<boolean> {
  const { type } = await statfs(path);
  if (type !== OVERLAYFS_MAGIC) {
    return true;
  }
  const mounts = await listMounts();
  const parts = (await realpath(path)).split('/').filter((part) => part !== '');
  const above = parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`);
  const mount = [...above, '/'].map((place) => mountAt(mounts, place)).find((found) => found !== undefined);
  return mount?.options.includes('nfs_export=on') === true;
}

/** Blanks and the like are written as three octal digits there. */
const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
