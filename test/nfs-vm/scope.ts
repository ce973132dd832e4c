import { connect } from 'node:net';
import { PORTS } from './guest.ts';

const NFS = { program: 100_003, version: 4, compound: 1, exchangeId: 42 } as const;

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32BE(value, 4 * index);
  }
  return bytes;
};

/** The answer to EXCHANGE_ID, in which the server's scope stands [RFC 8881, 18.35]. */
export function askScope(): Promise<string> {
  const owner = Buffer.from('bundlet1');
  const call = Buffer.concat([
    words(1, 0, 2, NFS.program, NFS.version, NFS.compound),
    words(0, 0, 0, 0), // AUTH_NONE, twice
    words(0, 1, 1, NFS.exchangeId), // no tag, minor version 1, one operation
    Buffer.alloc(8, 7), // verifier
    words(owner.length),
    owner,
    words(0, 0, 0), // no flags, no protection of the state, no word of ourselves
  ]);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: Number(PORTS.NFS_PORT),
      signal: AbortSignal.timeout(30_000),
    });
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString('latin1'));
    });
    socket.write(Buffer.concat([words(0x8000_0000 + call.length), call]));
  });
}
