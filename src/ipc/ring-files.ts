import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { mapFile, type SharedMapping } from '../native/shared-memory.ts';
import { RingFault, type RingMemory } from './ring.ts';
import { HEADER, PATH_BYTES, WORD_BYTES } from './ring-layout.ts';

/** Made once: memory of this size costs more to get than to write. */
const ZEROS = Buffer.alloc(32 * 1024);

/** Whom the files of a connection belong to, and who may open them. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface RingFilesOptions {
  /** Path of both files, without `-header` and `-data`. */
  readonly path: string;
  readonly headerBytes: number;
  readonly ringBytes: number;
  readonly owner: FileOwner;
}

/**
 * The two files of one ring. Only the header is mapped; data goes through the descriptor, so that a client that makes the
 * file shorter can't crash the daemon.
 */
export class RingFiles implements RingMemory {
  readonly #header: number;
  readonly #data: number;
  readonly #mapping: SharedMapping;

  private constructor(header: number, data: number, mapping: SharedMapping) {
    this.#header = header;
    this.#data = data;
    this.#mapping = mapping;
  }

  /** @throws the system's error; what was made so far is left to who removes the directory. */
  static make({ path, headerBytes, ringBytes, owner }: RingFilesOptions): RingFiles {
    const opened: number[] = [];
    const make = (file: string, bytes: number): number => {
      const fd = openSync(file, 'wx+', 0o600);
      opened.push(fd);
      fillWithZeros(fd, bytes);
      return fd;
    };
    try {
      const header = make(`${path}-header`, headerBytes);
      writePath(header, `${path}-header`, HEADER.headerPath);
      writePath(header, `${path}-data`, HEADER.dataPath);
      const data = make(`${path}-data`, ringBytes);
      const mapping = mapFile(header, headerBytes);
      mapping.store(HEADER.ringWords, ringBytes / WORD_BYTES);
      mapping.initSemaphore(HEADER.semaphore);
      mapping.store(HEADER.references, 1);
      for (const fd of opened) {
        giveTo(fd, owner);
      }
      return new RingFiles(header, data, mapping);
    } catch (thrown) {
      opened.forEach(closeSync);
      throw thrown;
    }
  }

  /** Gives everything back but the files themselves. Nothing may be called afterwards. */
  close(): void {
    this.#mapping.unmap();
    closeSync(this.#header);
    closeSync(this.#data);
  }

  verify(): void {
    const { size } = fstatSync(this.#header);
    if (size < HEADER.bytes) {
      throw new RingFault(`Expected ${HEADER.bytes} bytes in the header of a ring, it was cut to ${size}`);
    }
  }

  load(offset: number): number {
    return this.#mapping.load(offset);
  }

  store(offset: number, value: number): void {
    this.#mapping.store(offset, value);
  }

  post(): void {
    this.#mapping.post(HEADER.semaphore);
  }

  take(): void {
    this.#mapping.tryWait(HEADER.semaphore);
  }

  read(into: Buffer, position: number): void {
    const got = readSync(this.#data, into, 0, into.length, position);
    if (got !== into.length) {
      throw new RingFault(`Expected ${into.length} bytes at ${position} of a ring, it was cut short`);
    }
  }

  write(parts: readonly Buffer[], position: number): void {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const put = writevSync(this.#data, parts, position);
    if (put !== bytes) {
      throw new RingFault(`Expected room for ${bytes} bytes at ${position} of a ring, got ${put}`);
    }
  }
}

/** Really written, because on a full file system a touch of what was only set aside would kill the daemon (SIGBUS). */
function fillWithZeros(fd: number, bytes: number): void {
  for (let left = bytes; left > 0; ) {
    left -= writeSync(fd, ZEROS, 0, Math.min(left, ZEROS.length), bytes - left);
  }
}

function writePath(fd: number, path: string, position: number): void {
  const bytes = Buffer.from(path);
  if (bytes.length >= PATH_BYTES) {
    throw new RangeError(`Expected a path shorter than ${PATH_BYTES} bytes, got ${bytes.length}`);
  }
  writeSync(fd, bytes, 0, bytes.length, position);
}

function giveTo(fd: number, { uid, gid, mode }: FileOwner): void {
  try {
    fchownSync(fd, uid, gid);
  } catch {
    // A daemon that isn't root can't give files away; its clients are of its own user or group then.
  }
  fchmodSync(fd, mode);
}
