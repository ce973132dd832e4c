import { afterAll, describe, expect, it } from 'vitest';
import type { SecureConnection } from '../../../src/transport/secure-connection.ts';
import { Audit } from '../../helpers/audit.ts';
import { exchange, HEADER_BYTES, onMessage, startBench, startProxy, until } from './support.ts';

// Of the file: the servers of its tests end only after each test's own hooks.
const audit = new Audit();
afterAll(() => audit.verify());

const APPLICATION_DATA = 23;
const RECORD_HEADER_BYTES = 5;
/** TLS 1.3 adds the inner type and a 16-byte tag. */
const OVERHEAD_BYTES = 17;
const MAX_RECORD_BYTES = 16_384;

/** Plaintext sizes of the TLS 1.3 records in a stream of ciphertext. */
class RecordCutter {
  readonly sizes: number[] = [];
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (this.#rest.length - at >= RECORD_HEADER_BYTES) {
      const end = at + RECORD_HEADER_BYTES + this.#rest.readUInt16BE(at + 3);
      if (end > this.#rest.length) {
        break;
      }
      if (this.#rest[at] === APPLICATION_DATA) {
        this.sizes.push(end - at - RECORD_HEADER_BYTES - OVERHEAD_BYTES);
      }
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
  }
}

function expectedRecords(payloadBytes: number): number[] {
  const full = Math.floor(payloadBytes / MAX_RECORD_BYTES);
  const rest = payloadBytes % MAX_RECORD_BYTES;
  return [HEADER_BYTES, ...Array.from({ length: full }, () => MAX_RECORD_BYTES), ...(rest > 0 ? [rest] : [])];
}

function patterned(bytes: number): Buffer {
  const payload = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index += 1) {
    payload[index] = (index * 7 + (index >> 8)) & 0xff;
  }
  return payload;
}

describe('messages', () => {
  it('go both ways in any size, each header in a record of its own', async () => {
    const bench = await startBench();
    const up = new RecordCutter();
    const down = new RecordCutter();
    const port = await startProxy(bench.port, (near, far) => {
      near.on('data', (chunk: Buffer) => up.push(chunk)).pipe(far);
      far.on('data', (chunk: Buffer) => down.push(chunk)).pipe(near);
    });
    const connection = await bench.dial({ port });
    await exchange(connection, Buffer.from('shake hands'));
    for (const bytes of [0, 1, 16_383, 16_384, 16_385, 100_000, 1_000_000, 20 * 1024 * 1024]) {
      up.sizes.length = 0;
      down.sizes.length = 0;
      const payload = patterned(bytes);
      const answer = await exchange(connection, payload);
      expect(answer.equals(payload), `${bytes} bytes come back as they went`).toBe(true);
      expect(up.sizes).toEqual(expectedRecords(bytes));
      expect(down.sizes).toEqual(expectedRecords(bytes));
    }
  });

  it('stay apart when many are sent in one go', async () => {
    const bench = await startBench();
    const down = new RecordCutter();
    const port = await startProxy(bench.port, (near, far) => {
      near.pipe(far);
      far.on('data', (chunk: Buffer) => down.push(chunk)).pipe(near);
    });
    const connection = await bench.dial({ port });
    await exchange(connection, Buffer.from('shake hands'));
    down.sizes.length = 0;
    const answers: string[] = [];
    onMessage(connection, (_header, payload) => answers.push(String(payload)));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(3);
    for (let index = 100; index < 200; index += 1) {
      connection.send(header, Buffer.from(String(index)));
    }
    await until(() => expect(answers).toHaveLength(100));
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => String(100 + index)));
    expect(down.sizes).toEqual(Array.from({ length: 100 }, () => [HEADER_BYTES, 3]).flat());
  });

  it('are dropped after close', async () => {
    const bench = await startBench();
    const connection = await bench.dial();
    connection.close('enough');
    connection.close('twice');
    connection.send(Buffer.alloc(HEADER_BYTES), Buffer.from('too late'));
    expect(connection.closed).toBe(true);
  });
});

describe('the end of a connection', () => {
  it('is told once to both owners, with who wanted it', async () => {
    const ends: Array<{ who: string; reason: string; clean: boolean }> = [];
    const note = (who: string) => (reason: string, clean: boolean) => {
      ends.push({ who, reason, clean });
    };
    const bench = await startBench({
      onConnection: (connection) => {
        connection.onClose = note('server');
        connection.onData = () => connection.close('heard enough');
      },
    });
    const connection = await bench.dial();
    connection.onData = () => undefined;
    connection.onClose = note('client');
    // Three records in one read: the handler closes at the first, and must not be called again.
    connection.send(Buffer.alloc(HEADER_BYTES), Buffer.alloc(20_000));
    await until(() => expect(ends).toHaveLength(2));
    expect(ends.toSorted((a, b) => a.who.localeCompare(b.who))).toEqual([
      { who: 'client', reason: 'The peer said goodbye', clean: true },
      { who: 'server', reason: 'heard enough', clean: true },
    ]);
    expect(bench.events.filter(({ name }) => name === 'tls.closed')).toHaveLength(1);
  });

  it('comes when the peer does not read what it is sent', async () => {
    let serverSide: SecureConnection | undefined;
    const bench = await startBench({
      onConnection: (connection) => {
        serverSide = connection;
        connection.onData = () => undefined;
      },
    });
    // Nothing is read before onData is assigned, so this client takes nothing but what the kernel buffers.
    const connection = await bench.dial();
    await until(() => expect(serverSide).toBeDefined());
    const payload = Buffer.alloc(16 * 1024 * 1024);
    for (let count = 0; count < 8 && serverSide?.closed === false; count += 1) {
      serverSide.send(Buffer.alloc(HEADER_BYTES), payload);
    }
    expect(serverSide?.closed).toBe(true);
    connection.onData = () => undefined;
    await until(() =>
      expect(bench.events.at(-1)?.fields).toMatchObject({ reason: expect.stringContaining('does not read') }),
    );
  });
});
