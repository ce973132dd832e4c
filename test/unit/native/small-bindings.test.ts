import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compress, decompress } from '../../../src/native/bzip2.ts';
import { openBinary } from '../../../src/native/koffi.ts';
import { descriptorOf, setQuickAck, setUserTimeout } from '../../../src/native/libc.ts';
import { MemoryTransport } from '../../../src/native/memory-transport.ts';

describe('bzip2', () => {
  // printf 'hello bzip2\0' | bzip2 -9, and a million zeros.
  const hello = Buffer.from(
    '425a683931415926535984e17727000002d9804000400010001264c01020003100d34d04001ea3ef4e51a2078bb9229c28484270bb9380',
    'hex',
  );
  const zeros = Buffer.from(
    '425a683931415926535979d39e480007a8c040c00000020008200030cc09aa69952436a9490f17724538509079d39e48',
    'hex',
  );
  const empty = Buffer.from('425a683917724538509000000000', 'hex');

  it('gives exactly what was compressed', () => {
    expect(decompress(hello, 12).toString()).toBe('hello bzip2\0');
    expect(decompress(zeros, 1_000_000).equals(Buffer.alloc(1_000_000))).toBe(true);
    expect(decompress(empty, 0)).toHaveLength(0);
  });

  it.each([
    {
      what: 'one byte less than there is',
      input: hello,
      bytes: 11,
      message: 'of 11 bytes once expanded, got more',
    },
    { what: 'one byte more than there is', input: hello, bytes: 13, message: 'got 12 bytes' },
    { what: 'a bomb', input: zeros, bytes: 100, message: 'got more' },
    { what: 'something where nothing should be', input: hello, bytes: 0, message: 'got more' },
    { what: 'a cut stream', input: hello.subarray(0, 30), bytes: 12, message: 'libbz2 error -7' },
    { what: 'no stream', input: Buffer.from('not compressed at all'), bytes: 12, message: 'libbz2 error -5' },
    { what: 'no input', input: Buffer.alloc(0), bytes: 12, message: 'libbz2 error' },
  ])('refuses $what', ({ input, bytes, message }) => {
    expect(() => decompress(input, bytes)).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }));
    expect(() => decompress(input, bytes)).toThrow(message);
  });

  it('packs what it can expand, as the command bzip2 -4 does', () => {
    const text = Buffer.from(`<cib>${'<nvpair name="a"/>'.repeat(20_000)}</cib>\0`);
    const packed = compress(text, text.length) ?? Buffer.alloc(0);
    expect(packed.subarray(0, 4).toString()).toBe('BZh4');
    expect(decompress(packed, text.length).equals(text)).toBe(true);
  });

  it.each([
    { more: 1, isPacked: true },
    { more: 0, isPacked: true },
    { more: -1, isPacked: false },
  ])('packs within as many bytes as it takes and $more more: $isPacked', ({ more, isPacked }) => {
    const text = Buffer.from('hello bzip2\0');
    const neededBytes = compress(text, 1000)?.length ?? 0;
    expect(compress(text, neededBytes + more)?.length).toBe(isPacked ? neededBytes : undefined);
  });

  it.each([0, -1, 1])('packs nothing within %i bytes', (limitBytes) => {
    expect(compress(Buffer.from('x'), limitBytes)).toBeUndefined();
  });
});

describe('socket options', () => {
  it('are set on a real socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    const descriptor = descriptorOf(socket) ?? -1;
    expect(descriptor).toBeGreaterThan(2);
    expect(setQuickAck(descriptor)).toBe(true);
    expect(setUserTimeout(descriptor, 5000)).toBe(true);
  });

  it('do nothing where they cannot be set', () => {
    expect(descriptorOf(new Socket())).toBeUndefined();
    expect(setQuickAck(-1)).toBe(false);
    expect(setUserTimeout(1_000_000, 1)).toBe(false);
  });
});

describe('koffi', () => {
  it('loads from its binary alone, as in the bundle', () => {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve(`@koromix/koffi-${process.platform}-${process.arch}`));
    const libc =
      'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header ? 'linux' : 'musl';
    const koffi = openBinary(join(folder, `${libc}_${process.arch}`, 'koffi.node'));
    expect(koffi.load(null).func('int abs(int value)')(-7)).toBe(7);
  });
});

describe('MemoryTransport', () => {
  it('gives what was fed in pieces of the size asked for', () => {
    const transport = new MemoryTransport();
    transport.feed(Buffer.from('abc'));
    transport.feed(Buffer.alloc(0));
    transport.feed(Buffer.from('defgh'));
    expect(['2', '5', '3', '9'].map((limit) => String(transport.pull(Number(limit))))).toEqual([
      'ab',
      'c',
      'def',
      'gh',
    ]);
    expect(transport.pull(1)).toBeUndefined();
  });

  it('ends when all is pulled, and takes nothing afterwards', () => {
    const transport = new MemoryTransport();
    transport.feed(Buffer.from('a'));
    transport.feedEnd();
    transport.feed(Buffer.from('late'));
    expect(transport.ended).toBe(false);
    expect(String(transport.pull(9))).toBe('a');
    expect(transport.ended).toBe(true);
  });
});
