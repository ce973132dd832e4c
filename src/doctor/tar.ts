import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const BLOCK = 512;
const compress = promisify(gzip);

/** A compressed archive, as tar(5) has it (ustar): images need no tar for it. */
export async function tarGz(
  folder: string,
  entries: readonly TarEntry[],
  epochSeconds: number,
): Promise<Buffer> {
  const blocks = entries.flatMap(({ name, bytes }) => [
    header(`${folder}/${name}`, bytes.length, epochSeconds),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return compress(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

function header(name: string, bytes: number, epochSeconds: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o600, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(bytes, 11), 124);
  block.write(octal(epochSeconds, 11), 136);
  // The sum is taken with blanks in its place.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
