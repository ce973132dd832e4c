// Operations of NFSv4.0 that need no state on the server [RFC 7530 16].
import type { Operation } from './compound.ts';
import { RpcFailure } from './rpc-failure.ts';

/** Numbers of attributes [RFC 7530 5.6]. */
const TYPE_ATTRIBUTE = 1;

/** Longest name, file handle and attribute list that a reader accepts, in bytes. */
const NAME_LIMIT = 1024;
const HANDLE_LIMIT = 128;
const ATTRIBUTES_LIMIT = 1024;
const BITMAP_LIMIT = 8;

/** What fits into a small answer: some names of a directory. */
const READDIR_BYTES = 2048;

const nothing = (): undefined => undefined;

/** The root of all exports becomes the current file. */
export const putRoot: Operation<undefined> = {
  name: 'PUTROOTFH',
  code: 24,
  encode: nothing,
  decode: nothing,
};

/** A name in the current directory becomes the current file. */
export const lookup = (name: string): Operation<undefined> => ({
  name: `LOOKUP of "${name}"`,
  code: 15,
  encode: (writer) => void writer.string(name),
  decode: nothing,
});

/** The way to a file in NFSv4's tree. */
export const walk = (path: string): readonly Operation<undefined>[] => [
  putRoot,
  ...path
    .split('/')
    .filter((name) => name !== '')
    .map(lookup),
];

/** A file named by its handle becomes the current file. */
export const putHandle = (handle: Buffer): Operation<undefined> => ({
  name: 'PUTFH',
  code: 22,
  encode: (writer) => void writer.opaque(handle),
  decode: nothing,
});

/** Handle of the current file. */
export const getHandle: Operation<Buffer> = {
  name: 'GETFH',
  code: 10,
  encode: nothing,
  decode: (reader) => reader.opaque(HANDLE_LIMIT),
};

/** Type of the current file: 1 regular, 2 directory … [RFC 7530 3.2]. */
export const getType: Operation<number> = {
  name: 'GETATTR',
  code: 9,
  encode: (writer) => void writer.list([1 << TYPE_ATTRIBUTE]),
  decode: (reader) => {
    reader.skipList(BITMAP_LIMIT);
    const values = reader.opaque(ATTRIBUTES_LIMIT);
    if (values.length !== 4) {
      throw new RpcFailure('garbage', `a file's type of ${values.length} bytes`);
    }
    return values.readUInt32BE();
  },
};

/** Some names of the current directory, from its beginning. */
export const readDirectory: Operation<readonly string[]> = {
  name: 'READDIR',
  code: 26,
  encode: (writer) =>
    void writer.uint64(0n).fixed(Buffer.alloc(8)).uint32(READDIR_BYTES, READDIR_BYTES).list([]),
  decode: (reader) => {
    reader.fixed(8); // the verifier of cookies
    const names: string[] = [];
    while (reader.boolean()) {
      reader.uint64(); // the cookie
      names.push(reader.string(NAME_LIMIT));
      reader.skipList(BITMAP_LIMIT);
      reader.opaque(ATTRIBUTES_LIMIT);
    }
    reader.boolean(); // whether that was all
    return names;
  },
};

/** A name goes from the current directory. */
export const remove = (name: string): Operation<undefined> => ({
  name: 'REMOVE',
  code: 28,
  encode: (writer) => void writer.string(name),
  decode: (reader) => {
    reader.fixed(20); // how the directory changed
  },
});
