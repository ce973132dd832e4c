import { describe, expect, it } from 'vitest';
import { decodeResults, type Operation } from '../../../../../agents/nfsserver/rpc/compound.ts';
import {
  getType,
  lookup,
  putRoot,
  readDirectory,
  walk,
} from '../../../../../agents/nfsserver/rpc/operations.ts';
import { createFile } from '../../../../../agents/nfsserver/rpc/session-operations.ts';
import { XdrReader, XdrWriter } from '../../../../../agents/nfsserver/rpc/xdr.ts';
import { words } from '../../../../helpers/rpc-server.ts';

const decode = <O extends readonly Operation<unknown>[]>(operations: O, ...values: readonly number[]) =>
  decodeResults(new XdrReader(words(...values)), operations);

const encoded = (operation: Operation<unknown>): Buffer => {
  const writer = new XdrWriter();
  operation.encode(writer);
  return writer.bytes();
};

describe('decodeResults', () => {
  it('gives the result of each operation', () => {
    expect(decode([putRoot, getType], 0, 0, 2, 24, 0, 9, 0, 1, 2, 4, 2)).toEqual([undefined, 2]);
  });

  it.each([
    ['of the operation that was refused', [2, 0, 2, 24, 0, 15, 2], 'NFS4ERR_NOENT to LOOKUP of "x"', 2],
    ['of a compound that was refused', [10_021, 0, 0], 'NFS4ERR_MINOR_VERS_MISMATCH to COMPOUND', 10_021],
    ['of a status without a word', [4711, 0, 1, 24, 4711], 'status 4711 to PUTROOTFH', 4711],
  ])('tells %s', (_name, values, message, status) => {
    expect(() => decode([putRoot, lookup('x')], ...values)).toThrow(
      expect.objectContaining({ name: 'NfsFailure', message, status }),
    );
  });

  it.each([
    ['too few results', [0, 0, 1, 24, 0], '1 results to 2 operations'],
    ['results of something else', [0, 0, 2, 24, 0, 99, 0], 'operation 99 in place of LOOKUP'],
    ['a huge tag', [0, 5000], 'an item of 5000 bytes'],
    ['nothing', [], 'too early'],
  ])('takes no reply with %s', (_name, values, message) => {
    expect(() => decode([putRoot, lookup('x')], ...values)).toThrow(
      expect.objectContaining({
        name: 'RpcFailure',
        fault: 'garbage',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('operations', () => {
  it('go to an export by its path', () => {
    expect(walk('/').map(({ name }) => name)).toEqual(['PUTROOTFH']);
    expect(walk('/a/ü b').map(({ name }) => name)).toEqual(['PUTROOTFH', 'LOOKUP of "a"', 'LOOKUP of "ü b"']);
    expect(encoded(lookup('abcde'))).toEqual(Buffer.from('\0\0\0\x05abcde\0\0\0', 'latin1'));
  });

  it('read the names of a directory', () => {
    const entry = [1, 0, 3, 1, 0x61000000, 0, 0];
    const values = [0, 0, 1, 26, 0, 7, 7, ...entry, ...entry, 0, 1];
    expect(decode([readDirectory], ...values)).toEqual([['a', 'a']]);
    expect(() => decode([readDirectory], 0, 0, 1, 26, 0, 7, 7, 1, 0, 3, 2000)).toThrow(
      'an item of 2000 bytes',
    );
  });

  it('want no delegation, and take the refusal of one', () => {
    const opened = [0, 0, 1, 18, 0, 1, 2, 3, 4, 1, 0, 0, 0, 0, 0, 0];
    const open = createFile(1n, 'x');
    const state = words(1, 2, 3, 4);
    expect(decode([open], ...opened, 0)).toEqual([state]);
    expect(decode([open], ...opened, 3, 0)).toEqual([state]);
    expect(decode([open], ...opened, 3, 2, 1)).toEqual([state]);
    expect(() => decode([open], ...opened, 2)).toThrow('a delegation of kind 2');
  });
});
