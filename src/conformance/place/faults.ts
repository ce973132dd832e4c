import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isWithin } from '../sandbox/mounts.ts';
import { copyTree } from './copy-tree.ts';
import { OWN_SOURCE } from './traces.ts';

/** What is written at once into a file system that is to be full. */
const BLOCK = Buffer.alloc(1024 * 1024);

/** What the faults of a place are made with. */
export interface FaultParts {
  /** Where hidden things are kept. */
  readonly store: string;
  /** Folders that have a small file system of their own, and where that can be written to. */
  readonly small: readonly { readonly path: string; readonly folder: string }[];
}

/** Faults of a machine, in a place that belongs to one check alone. */
export class Faults {
  readonly #parts: FaultParts;
  /** Undo them, the last one first. */
  readonly #ways: (() => Promise<void>)[] = [];
  #hidden = 0;

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  /** Takes files, links and folders away. */
  async hide(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if ((await lstat(path).catch(() => undefined)) === undefined) {
        continue;
      }
      this.#hidden += 1;
      const kept = join(this.#parts.store, String(this.#hidden));
      await mkdir(this.#parts.store, { recursive: true });
      await copyTree(path, kept);
      await rm(path, { recursive: true });
      this.#ways.push(async () => {
        // Somebody may have put something in its place.
        await rm(path, { recursive: true, force: true });
        await copyTree(kept, path);
        await rm(kept, { recursive: true });
      });
    }
  }

  /** Makes the file system of a folder full. */
  async fill(directory: string): Promise<void> {
    const small = this.#parts.small.find(({ path }) => isWithin(directory, path));
    const filling = join(small?.folder ?? (await this.#cover(directory)), '.filling');
    await writeUntilFull(filling);
    this.#ways.push(() => rm(filling, { force: true }));
  }

  async restore(): Promise<void> {
    for (let way = this.#ways.pop(); way !== undefined; way = this.#ways.pop()) {
      await way();
    }
  }

  /** Lays a small file system with the same content over a folder. Who has something open in there still has the old one. */
  async #cover(directory: string): Promise<string> {
    const { mode, uid, gid } = await lstat(directory);
    const copy = join(this.#parts.store, 'cover');
    await copyTree(directory, copy);
    const options = `mode=${(mode & 0o7777).toString(8)},uid=${uid},gid=${gid},size=64m`;
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', options, OWN_SOURCE, directory]);
    this.#ways.push(async () => {
      await promisify(execFile)('umount', ['--lazy', directory]);
    });
    await copyTree(copy, directory);
    await rm(copy, { recursive: true });
    return directory;
  }
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let length = BLOCK.length; length > 0; ) {
      try {
        await file.write(BLOCK, 0, length);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') {
          throw error;
        }
        // To the last byte.
        length = Math.floor(length / 2);
      }
    }
  } finally {
    await file.close();
  }
  await chmod(path, 0o600);
}
