import type { Stats } from 'node:fs';
import type { FileMark, SeenFile } from '../place.ts';

/** One thing that differs from the beginning. */
export interface ChangedFile {
  readonly change: SeenFile['change'];
  readonly kind: SeenFile['kind'];
  /** Changes with the content. */
  readonly sign: string;
}

/** What differs from the beginning, by path. */
export type Changes = ReadonlyMap<string, ChangedFile>;

/** Compares what has changed at one moment with what had at another. */
export class FileWatch {
  readonly #look: () => Promise<Changes>;
  readonly #marks = new Map<number, Changes>();
  #lastId = 0;

  /** `look` finds what differs from what the place was made with. */
  constructor(look: () => Promise<Changes>) {
    this.#look = look;
  }

  async mark(): Promise<FileMark> {
    this.#lastId += 1;
    this.#marks.set(this.#lastId, await this.#look());
    return { id: this.#lastId };
  }

  /** What has changed since; on a machine with many files a look takes long, so only who asks pays for it. */
  async since({ id }: FileMark): Promise<readonly SeenFile[]> {
    const before = this.#marks.get(id);
    if (before === undefined) {
      throw new Error(`Expected a mark of this place, got ${id}`);
    }
    return compare(before, await this.#look());
  }
}

/** By path; of directories only those that came or went: that something in one has changed is told by that. */
export function compare(before: Changes, now: Changes): readonly SeenFile[] {
  const found: SeenFile[] = [];
  for (const [path, file] of now) {
    const change = changeOf(before.get(path), file);
    if (change !== undefined) {
      found.push({ path, kind: file.kind, change });
    }
  }
  for (const [path, { kind, change }] of before) {
    if (!now.has(path)) {
      // What was taken away is there again, what was made is gone; what was changed is as it was.
      found.push({
        path,
        kind,
        change: change === 'removed' ? 'made' : change === 'made' ? 'removed' : 'changed',
      });
    }
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function changeOf(before: ChangedFile | undefined, now: ChangedFile): SeenFile['change'] | undefined {
  if (before === undefined) {
    return now.change;
  }
  if (before.change === 'removed' || now.change === 'removed') {
    return before.change === now.change ? undefined : now.change === 'removed' ? 'removed' : 'made';
  }
  return before.sign === now.sign || now.kind === 'directory' ? undefined : 'changed';
}

/** What people call it. */
export function kindOf(stats: Stats): SeenFile['kind'] {
  if (stats.isDirectory()) {
    return 'directory';
  }
  if (stats.isSymbolicLink()) {
    return 'link';
  }
  if (stats.isSocket()) {
    return 'socket';
  }
  if (stats.isFIFO()) {
    return 'fifo';
  }
  return stats.isFile() ? 'file' : 'device';
}

/** Differs after each change of a file's content, owner or mode. */
export function signOf({ ino, size, mtimeMs, mode, uid, gid }: Stats): string {
  return [ino, size, mtimeMs, mode, uid, gid].join(' ');
}
