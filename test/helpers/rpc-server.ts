// A server that answers calls with whatever bytes a test wants.
import { createServer, type Socket } from 'node:net';
import { encodeRecord, RecordReader } from '../../agents/nfsserver/rpc/record.ts';

/** Bytes to send, as they are; none is silence. */
export type Answer = (call: Buffer, socket: Socket) => Buffer | undefined;

export interface RpcServer extends AsyncDisposable {
  readonly port: number;
}

export async function openRpcServer(answer: Answer): Promise<RpcServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const records = new RecordReader();
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      for (const call of records.push(piece)) {
        const bytes = answer(call, socket);
        if (bytes !== undefined) {
          socket.write(bytes);
        }
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

/** A message of 32-bit words that begins with the call's number. */
export function reply(call: Buffer, ...rest: readonly number[]): Buffer {
  return encodeRecord(words(call.readUInt32BE(), ...rest));
}

export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32BE(value, index * 4);
  }
  return bytes;
}
