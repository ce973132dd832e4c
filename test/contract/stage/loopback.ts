import { koffi } from '../../../src/native/koffi.ts';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;

/** struct ifreq: 16 bytes of name, then the flags. */
const REQUEST_BYTES = 40;
const FLAGS_AT = 16;

/** Brings the loopback of this network namespace up; without iproute2, which not every machine has. */
export function raiseLoopback(): void {
  const libc = koffi().load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)') as (...args: readonly number[]) => number;
  const ioctl = libc.func('int ioctl(int, unsigned long, void *)') as (
    fd: number,
    request: number,
    data: Buffer,
  ) => number;
  const close = libc.func('int close(int)') as (fd: number) => number;
  const request = Buffer.alloc(REQUEST_BYTES);
  request.write('lo');
  request.writeUInt16LE(IFF_UP, FLAGS_AT);
  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  const failed = ioctl(fd, SIOCSIFFLAGS, request) !== 0;
  close(fd);
  if (failed) {
    throw new Error('Expected to bring the loopback of a network namespace up, the kernel refused');
  }
}
