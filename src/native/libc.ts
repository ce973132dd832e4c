import type { Socket } from 'node:net';
import { koffi } from './koffi.ts';

const IPPROTO_TCP = 6;
const TCP_QUICKACK = 12;
const TCP_USER_TIMEOUT = 18;
const ONE = intOf(1);

type SetSockOpt = (fd: number, level: number, option: number, value: Buffer, bytes: number) => number;

let setsockopt: SetSockOpt | undefined;

/**
 * Asks the kernel to acknowledge at once what was just received. The peer leaves Nagle on and writes header and
 * payload apart, so a delayed ACK costs it 40 ms a message (tls.md 2.6). The kernel forgets the wish by itself: say
 * it again after each read. Returns whether it was taken; a refusal harms nothing.
 */
export function setQuickAck(fd: number): boolean {
  return set(fd, TCP_QUICKACK, ONE);
}

/** Lets the kernel give up a connection whose data was not acknowledged for `timeoutMs`. */
export function setUserTimeout(fd: number, timeoutMs: number): boolean {
  return set(fd, TCP_USER_TIMEOUT, intOf(timeoutMs));
}

/** The descriptor of a socket. Not public API of Node, so: `undefined` where it cannot be had. */
export function descriptorOf(socket: Socket): number | undefined {
  const handle = (socket as unknown as { _handle?: { fd?: unknown } | null })._handle;
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined;
}

let trim: ((padBytes: number) => number) | undefined;

/**
 * Gives pages in the midst of the C heap back to the system, which free(3) alone never does [malloc_trim(3)]. Only
 * glibc has it; elsewhere nothing happens.
 */
export function releaseFreeMemory(): void {
  try {
    trim ??= koffi().load(null).func('int malloc_trim(size_t pad)') as (padBytes: number) => number;
    trim(0);
  } catch {
    // musl and others: their free(3) gives back more by itself.
    trim = () => 0;
  }
}

function set(fd: number, option: number, value: Buffer): boolean {
  try {
    setsockopt ??= koffi()
      .load(null)
      .func('int setsockopt(int fd, int level, int name, void *value, unsigned int bytes)') as SetSockOpt;
    return setsockopt(fd, IPPROTO_TCP, option, value, value.length) === 0;
  } catch {
    // Both options only make things faster or tidier: without them the daemon works.
    return false;
  }
}

function intOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  new Int32Array(bytes.buffer, bytes.byteOffset, 1)[0] = value;
  return bytes;
}
