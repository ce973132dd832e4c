import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeResults } from '../../agents/nfsserver/rpc/compound.ts';
import { getHandle, getType, lookup, putRoot, readDirectory } from '../../agents/nfsserver/rpc/operations.ts';
import { encodeRecord, RecordReader } from '../../agents/nfsserver/rpc/record.ts';
import { decodeReply } from '../../agents/nfsserver/rpc/rpc-message.ts';
import {
  createFile,
  createSession,
  exchangeId,
  inSequence,
  readData,
} from '../../agents/nfsserver/rpc/session-operations.ts';
import { words } from '../helpers/rpc-server.ts';
import { settings } from './settings.ts';

const OPERATIONS = [
  putRoot,
  lookup('x'),
  getType,
  readDirectory,
  getHandle,
  exchangeId('x', 1n),
  createSession({ id: 1n, sequence: 1 }),
  inSequence(Buffer.alloc(16), 1),
  createFile(1n, 'x'),
  readData(Buffer.alloc(16), 100),
];

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 8, 16) },
  fc.constantFrom(2 ** 31, 2 ** 32 - 1, 1024, 1025),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);

/** Only our two kinds of failures may come out of whatever a server says. */
function survives(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ name: expect.stringMatching(/^(Rpc|Nfs)Failure$/) });
  }
}

describe('replies of an NFS server', () => {
  it('may be any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        survives(() => decodeReply(Buffer.from(bytes)));
        survives(() => new RecordReader().push(Buffer.from(bytes)));
      }),
      settings(2000),
    );
  });

  it('may be nearly right', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPERATIONS), fc.array(word, { maxLength: 60 }), (operation, rest) => {
        const reply = decodeReply(words(7, 1, 0, 0, 0, 0, 0, 0, 1, operation.code, 0, ...rest));
        survives(() => decodeResults(reply, [operation]));
      }),
      settings(2000),
    );
  });

  it('are the same in whatever pieces they come', () => {
    const records = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 });
    fc.assert(
      fc.property(records, fc.array(fc.nat(300)), (each, cuts) => {
        const bytes = Buffer.concat(each.map((record) => encodeRecord(Buffer.from(record))));
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const reader = new RecordReader();
        const read = places.slice(1).flatMap((end, index) => reader.push(bytes.subarray(places[index], end)));
        expect(read).toEqual(each.map((record) => Buffer.from(record)));
      }),
      settings(2000),
    );
  });
});
