import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rm,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
    await mkdir(this.#parts.store, { recursive: true });
    for (const path of paths) {
      if (await isThere(path)) {
        await ((await isWritable(dirname(path))) ? this.#takeAway(path) : this.#shadow(path));
      }
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

  async #takeAway(path: string): Promise<void> {
    const kept = this.#newKept();
    await copyTree(path, kept);
    await rm(path, { recursive: true });
    this.#ways.push(async () => {
      // Somebody may have put something in its place.
      await rm(path, { recursive: true, force: true });
      await copyTree(kept, path);
      await rm(kept, { recursive: true });
    });
  }

  /** In a user namespace nobody may write to folders of the system: one with links to all the others is laid over it. */
  async #shadow(path: string): Promise<void> {
    const folder = await realpath(dirname(path));
    const kept = this.#newKept();
    await mkdir(kept);
    await run('mount', ['--bind', folder, kept]);
    this.#ways.push(() => run('umount', ['--lazy', kept]));
    await run('mount', ['-t', 'tmpfs', '-o', 'mode=755', OWN_SOURCE, folder]);
    this.#ways.push(() => run('umount', ['--lazy', folder]));
    for (const entry of await readdir(kept, { withFileTypes: true })) {
      if (entry.name !== basename(path)) {
        const original = join(kept, entry.name);
        await symlink(entry.isSymbolicLink() ? await readlink(original) : original, join(folder, entry.name));
      }
    }
  }

  #newKept(): string {
    this.#hidden += 1;
    return join(this.#parts.store, String(this.#hidden));
  }

  /** Lays a small file system with the same content over a folder. Who has something open in there still has the old one. */
  async #cover(directory: string): Promise<string> {
    const { mode, uid, gid } = await lstat(directory);
    await mkdir(this.#parts.store, { recursive: true });
    const copy = this.#newKept();
    await copyTree(directory, copy);
    const options = `mode=${(mode & 0o7777).toString(8)},uid=${uid},gid=${gid},size=64m`;
    await run('mount', ['-t', 'tmpfs', '-o', options, OWN_SOURCE, directory]);
    this.#ways.push(() => run('umount', ['--lazy', directory]));
    await copyTree(copy, directory);
    await rm(copy, { recursive: true });
    return directory;
  }
}

async function run(program: string, words: readonly string[]): Promise<void> {
  await promisify(execFile)(program, words);
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
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
