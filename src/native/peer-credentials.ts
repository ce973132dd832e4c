import { koffi } from './koffi.ts';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERGROUPS = 59;
/** { i32 pid, u32 uid, u32 gid } */
const CREDENTIALS_BYTES = 12;
const GROUP_BYTES = 4;
/** Room for so many groups at the first try; the kernel says how many there are when there are more. */
const USUAL_GROUPS = 64;

/** Who is at the other end of a Unix socket, as of its `connect()` [unix(7), SO_PEERCRED and SO_PEERGROUPS]. */
export interface PeerCredentials {
  /** 0 for a process of a PID namespace that is not seen from here. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

type GetSockOpt = (fd: number, level: number, option: number, value: Buffer, bytes: Uint32Array) => number;

let getsockopt: GetSockOpt | undefined;

/** Asks the kernel who connected. `undefined` when the descriptor is no Unix socket, or koffi can't be loaded. */
export function peerCredentials(fd: number): PeerCredentials | undefined {
  const raw = read(fd, SO_PEERCRED, CREDENTIALS_BYTES);
  // A kernel before 4.13 tells no groups: whoever comes in by one of them is a stranger there.
  const groups = raw === undefined ? undefined : read(fd, SO_PEERGROUPS, USUAL_GROUPS * GROUP_BYTES);
  return raw === undefined || raw.length < CREDENTIALS_BYTES
    ? undefined
    : {
        pid: raw.readInt32LE(0),
        uid: raw.readUInt32LE(4),
        gid: raw.readUInt32LE(8),
        groups: Array.from({ length: (groups?.length ?? 0) / GROUP_BYTES }, (_, index) =>
          (groups as Buffer).readUInt32LE(index * GROUP_BYTES),
        ),
      };
}

function read(fd: number, option: number, room: number): Buffer | undefined {
  getsockopt ??= koffi()
    .load(null)
    .func('int getsockopt(int fd, int level, int name, void *value, _Inout_ uint32_t *bytes)') as GetSockOpt;
  const value = Buffer.alloc(room);
  const bytes = new Uint32Array([room]);
  if (getsockopt(fd, SOL_SOCKET, option, value, bytes) === 0) {
    return value.subarray(0, bytes[0]);
  }
  const needed = bytes[0] ?? 0;
  return needed > room ? read(fd, option, needed) : undefined;
}
