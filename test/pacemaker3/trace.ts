import type { IpcChannel, RecordedMessage } from '../helpers/ipc-fixtures.ts';

/** How strace(1) has to be called for `readTrace`: system calls of sockets, everything as `\xNN`, nothing cut off. */
export const STRACE = ['strace', '-f', '-e', 'trace=%network,writev', '-xx', '-s', '20000000'] as const;

/**
 * Messages of a client out of a trace of its system calls. It must speak the datagram transport (the daemon's
 * `PCMK_ipc_type=socket`): with shared memory no message is in any system call.
 */
export function readTrace(trace: string): RecordedMessage[] {
  const sockets = new Map<string, { readonly service: string; readonly channel: IpcChannel }>();
  const messages: RecordedMessage[] = [];
  for (const line of trace.split('\n')) {
    const [, call = '', descriptor = ''] = /^(?:\d+ +)?(\w+)\((\d+), /.exec(line) ?? [];
    if (call === 'bind') {
      const socket = socketOf(bytesOf(/sun_path=@"((?:\\x..)*)"/.exec(line)?.[1]).toString('latin1'));
      if (socket !== undefined) {
        sockets.set(descriptor, socket);
      }
      continue;
    }
    const socket = sockets.get(descriptor);
    if (socket === undefined) {
      continue;
    }
    if (call === 'writev') {
      const parts = [...line.matchAll(/iov_base="((?:\\x..)*)"/g)].map(([, part]) => bytesOf(part));
      messages.push({ service: socket.service, channel: 'request', bytes: Buffer.concat(parts) });
    } else if (call === 'recvfrom' && !line.includes('MSG_PEEK')) {
      const bytes = bytesOf(/^[^"]*"((?:\\x..)*)"/.exec(line)?.[1]);
      if (bytes.length > 0) {
        messages.push({ ...socket, bytes });
      }
    }
  }
  return messages;
}

/** A client's sockets are `<directory>/qb-<service>-response`, from which it also asks, and `…-event`. */
function socketOf(path: string): { readonly service: string; readonly channel: IpcChannel } | undefined {
  const [, service, channel] = /\/qb-([^/]+)-(response|event)\0*$/.exec(path) ?? [];
  return service !== undefined && (channel === 'response' || channel === 'event')
    ? { service, channel }
    : undefined;
}

const bytesOf = (escaped = ''): Buffer => Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
