import { koffi, type Pointer } from './koffi.ts';

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const SC_PAGESIZE = 30;
/** What mmap(2) gives when it fails. */
const MAP_FAILED = 2n ** 64n - 1n;
const WORD_BYTES = 4;

/**
 * A file mapped into memory that other processes write, too. Words are signed, of 32 bits, and found by their offset in
 * bytes. The file must never become shorter while it is mapped: a touch beyond its end kills the daemon (SIGBUS).
 * After `unmap` every method throws.
 */
export interface SharedMapping {
  load(offset: number): number;
  store(offset: number, value: number): void;
  /** Makes a POSIX semaphore that processes share, with value 0. It must be mapped as a whole. */
  initSemaphore(offset: number): void;
  post(offset: number): void;
  /** Takes one, if there is one. */
  tryWait(offset: number): boolean;
  unmap(): void;
}

interface Functions {
  mmap(at: null, bytes: number, protection: number, flags: number, fd: number, offset: number): Pointer;
  munmap(at: Pointer, bytes: number): number;
  // By address and not by pointer, so that a semaphore inside a mapping needs no pointer arithmetic of koffi.
  semInit(at: bigint, shared: number, value: number): number;
  semPost(at: bigint): number;
  semTryWait(at: bigint): number;
  sysconf(name: number): number;
}

let functions: Functions | undefined;

/** Mappings that were made and not given back; for tests. */
export let mappingCount = 0;

/** The size of the machine's memory pages in bytes. */
export function pageBytes(): number {
  return Number(libc().sysconf(SC_PAGESIZE));
}

/**
 * Maps the first `bytes` of a file for reading and writing. The descriptor may be closed afterwards.
 * @throws Error when the kernel refuses
 */
export function mapFile(fd: number, bytes: number): SharedMapping {
  return new Mapping(fd, bytes);
}

class Mapping implements SharedMapping {
  readonly #address: Pointer;
  readonly #bytes: number;
  // The only view of the mapping. koffi's views have no life of their own: used after munmap, one is a segfault.
  #words: Int32Array | undefined;

  constructor(fd: number, bytes: number) {
    this.#bytes = bytes;
    this.#address = libc().mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
    if (this.#address === null || BigInt.asUintN(64, this.#address) === MAP_FAILED) {
      throw new Error(`Cannot map ${bytes} bytes of shared memory`);
    }
    this.#words = new Int32Array(koffi().view(this.#address, bytes), 0, Math.trunc(bytes / WORD_BYTES));
    mappingCount += 1;
  }

  load(offset: number): number {
    return Atomics.load(this.#mapped(), offset / WORD_BYTES);
  }

  store(offset: number, value: number): void {
    Atomics.store(this.#mapped(), offset / WORD_BYTES, value);
  }

  initSemaphore(offset: number): void {
    if (libc().semInit(this.#at(offset), 1, 0) !== 0) {
      throw new Error('Cannot make a semaphore in shared memory');
    }
  }

  post(offset: number): void {
    libc().semPost(this.#at(offset));
  }

  tryWait(offset: number): boolean {
    return libc().semTryWait(this.#at(offset)) === 0;
  }

  unmap(): void {
    if (this.#words !== undefined) {
      this.#words = undefined;
      mappingCount -= 1;
      libc().munmap(this.#address, this.#bytes);
    }
  }

  #mapped(): Int32Array {
    if (this.#words === undefined) {
      throw new Error('Expected shared memory that is mapped, it was given back');
    }
    return this.#words;
  }

  #at(offset: number): bigint {
    this.#mapped();
    return this.#address + BigInt(offset);
  }
}

function libc(): Functions {
  // The process itself and not a library by name: right with any libc.
  functions ??= bind(koffi().load(null));
  return functions;
}

function bind(library: ReturnType<ReturnType<typeof koffi>['load']>): Functions {
  return {
    mmap: library.func(
      'void *mmap(void *at, size_t bytes, int protection, int flags, int fd, int64_t offset)',
    ),
    munmap: library.func('int munmap(void *at, size_t bytes)'),
    semInit: library.func('int sem_init(uintptr_t at, int shared, unsigned int value)'),
    semPost: library.func('int sem_post(uintptr_t at)'),
    semTryWait: library.func('int sem_trywait(uintptr_t at)'),
    sysconf: library.func('long sysconf(int name)'),
  } as Functions;
}
