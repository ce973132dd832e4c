import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedLayer } from '../worker-task.ts';
import { type ChangedFile, type Changes, kindOf, signOf } from './file-watch.ts';

/** What has changed in the layers: overlayfs keeps it all in their upper directories. `isLeftOut` is asked for each path. */
export async function layerChanges(
  layers: readonly ChangedLayer[],
  isLeftOut: (path: string) => boolean,
): Promise<Changes> {
  const found = new Map<string, ChangedFile>();
  for (const layer of layers) {
    // Mount points of other layers are directories in this one.
    const others = new Set(layers.filter((other) => other !== layer).map(({ path }) => path));
    await collect(layer, '', { found, isLeftOut: (path) => others.has(path) || isLeftOut(path) });
  }
  return found;
}

interface Collection {
  readonly found: Map<string, ChangedFile>;
  readonly isLeftOut: (path: string) => boolean;
}

async function collect(layer: ChangedLayer, below: string, collection: Collection): Promise<void> {
  const names = await readdir(join(layer.upper, below)).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      const inside = join(below, name);
      const path = join(layer.path, inside);
      if (collection.isLeftOut(path)) {
        return;
      }
      const upper = await look(join(layer.upper, inside));
      const changed = upper === undefined ? undefined : await changeOf(layer, inside, upper);
      if (changed !== undefined) {
        collection.found.set(path, changed);
      }
      if (upper?.isDirectory() === true) {
        await collect(layer, inside, collection);
      }
    }),
  );
}

async function changeOf(layer: ChangedLayer, inside: string, upper: Stats): Promise<ChangedFile | undefined> {
  const lower = await look(join(layer.lower, inside));
  if (isWhiteout(upper)) {
    // One that hides nothing is left of something that was made and taken away again.
    return lower === undefined ? undefined : { change: 'removed', kind: kindOf(lower), sign: '' };
  }
  const kind = kindOf(upper);
  if (lower === undefined || kindOf(lower) !== kind) {
    return { change: 'made', kind, sign: signOf(upper) };
  }
  // A directory is there as soon as something in it is; a file that was only opened for writing is the same still.
  const isSame = kind === 'directory' || (lower.size === upper.size && lower.mtimeMs === upper.mtimeMs);
  return isSame && lower.mode === upper.mode && lower.uid === upper.uid
    ? undefined
    : { change: 'changed', kind, sign: signOf(upper) };
}

/** [linux Documentation/filesystems/overlayfs, whiteouts] */
function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

function look(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}
