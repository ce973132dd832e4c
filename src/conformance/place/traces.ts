import { readFile } from 'node:fs/promises';
import type { Traces } from '../place.ts';
import { readMounts } from '../sandbox/mounts.ts';

/** `TCP_LISTEN` and, of a UDP socket that is connected with nobody, `TCP_CLOSE` [linux net/tcp_states.h]. */
const WAITING = { tcp: '0A', udp: '07' } as const;
/** `__SO_ACCEPTCON` in the flags of `/proc/net/unix`. */
const ACCEPTS = 0x10000;
/** What mounts of ours have for a source. */
export const OWN_SOURCE = 'bundlet';

/** Everything there is now: sockets that wait for somebody, mounts, System V IPC. */
export async function readTraces(): Promise<Traces> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const [tcp, tcp6, udp, udp6, unix, mounts, ...ipc] = await Promise.all(
    [
      ...['net/tcp', 'net/tcp6', 'net/udp', 'net/udp6', 'net/unix', 'self/mountinfo'],
      ...['sysvipc/shm', 'sysvipc/sem', 'sysvipc/msg'],
    ].map((name) => read(`/proc/${name}`)),
  );
  return {
    listeners: [
      ...inetListeners('tcp', `${tcp}\n${tcp6}`),
      ...inetListeners('udp', `${udp}\n${udp6}`),
      ...unixListeners(unix ?? ''),
    ],
    mounts: readMounts(mounts ?? '')
      .filter(({ source }) => source !== OWN_SOURCE)
      .map(({ path, type, source }) => `${path} (${type}, ${source})`),
    ipc: ['shared memory', 'semaphores', 'message queue'].flatMap((kind, at) =>
      ipcObjects(kind, ipc[at] ?? ''),
    ),
  };
}

/** What is in one list beyond the other; of equal ones as many as there are more. */
export function beyond(now: readonly string[], before: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of before) {
    left.set(line, (left.get(line) ?? 0) + 1);
  }
  return now.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** Lines of `/proc/net/tcp` and its like [proc(5)]. */
export function inetListeners(protocol: 'tcp' | 'udp', text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === WAITING[protocol]
      ? [`${protocol} ${addressOf(address)}:${Number.parseInt(port, 16)}`]
      : [];
  });
}

/** Sockets of a name that take connections. */
export function unixListeners(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, , , flags = '', , , , path] = line.trim().split(/\s+/);
    return path !== undefined && (Number.parseInt(flags, 16) & ACCEPTS) !== 0 ? [`unix ${path}`] : [];
  });
}

/** The kernel writes words of 32 bits in the machine's own order. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) {
    return bytes.join('.');
  }
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::')}]`;
}

function ipcObjects(kind: string, text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [key, id] = line.trim().split(/\s+/);
      return key === undefined || id === undefined
        ? []
        : [`${kind} ${id} (key 0x${(Number(key) >>> 0).toString(16)})`];
    });
}
