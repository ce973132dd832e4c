import { describe, expect, it } from 'vitest';
import { RingFault, type RingMemory, RingReader, RingWriter } from '../../../src/ipc/ring.ts';
import { HEADER, MAGIC, ringBytes } from '../../../src/ipc/ring-layout.ts';

const PAGE = 4096;
const MAX = 1000;
const BYTES = ringBytes(MAX, PAGE);
const WORDS = BYTES / 4;

/** A ring in plain memory, with the side of libqb's client played by hand. */
class PlainRing implements RingMemory {
  readonly header = new Int32Array(HEADER.bytes / 4);
  readonly data = Buffer.alloc(BYTES);
  waiting = 0;
  isCut = false;

  verify(): void {
    if (this.isCut) {
      throw new RingFault('cut');
    }
  }

  load(offset: number): number {
    return this.header[offset / 4] ?? 0;
  }

  store(offset: number, value: number): void {
    this.header[offset / 4] = value;
  }

  post(): void {
    this.waiting += 1;
  }

  take(): void {
    this.waiting -= 1;
  }

  read(into: Buffer, position: number): void {
    expect(position + into.length).toBeLessThanOrEqual(BYTES);
    this.data.copy(into, 0, position);
  }

  write(parts: readonly Buffer[], position: number): void {
    const bytes = Buffer.concat(parts);
    expect(position + bytes.length).toBeLessThanOrEqual(BYTES);
    bytes.copy(this.data, position);
  }

  word(index: number): number {
    return this.data.readUInt32LE((index % WORDS) * 4);
  }

  setWord(index: number, value: number): void {
    this.data.writeUInt32LE(value, (index % WORDS) * 4);
  }
}

/** The client's reader as the reference has it, byte by byte. */
function clientReads(ring: PlainRing): Buffer {
  const index = ring.load(HEADER.readIndex);
  expect(ring.word(index + 1)).toBe(MAGIC.ready);
  const bytes = ring.word(index);
  const payload = Buffer.from(
    Array.from({ length: bytes }, (_, at) => ring.data[((index + 2) * 4 + at) % BYTES] ?? 0),
  );
  ring.setWord(index, 0);
  ring.setWord(index + 1, MAGIC.consumed);
  ring.store(HEADER.readIndex, (index + 2 + Math.ceil(bytes / 4)) % WORDS);
  ring.waiting -= 1;
  return payload;
}

/** The client's writer. */
function clientWrites(ring: PlainRing, payload: Buffer): void {
  const index = ring.load(HEADER.writeIndex);
  ring.setWord(index, payload.length);
  ring.setWord(index + 1, MAGIC.ready);
  for (const [at, byte] of payload.entries()) {
    ring.data[((index + 2) * 4 + at) % BYTES] = byte;
  }
  ring.store(HEADER.writeIndex, (index + 2 + Math.ceil(payload.length / 4)) % WORDS);
  ring.waiting += 1;
}

interface Spoiling {
  readonly words?: readonly number[];
  readonly readIndex?: number;
  readonly writeIndex?: number;
  readonly isCut?: boolean;
}
type Spoilt = readonly [what: string, how: Spoiling];

function spoil(
  ring: PlainRing,
  { words = [], readIndex = 0, writeIndex = 0, isCut = false }: Spoiling,
): void {
  for (const [index, word] of words.entries()) {
    ring.setWord(index, word);
  }
  ring.store(HEADER.readIndex, readIndex);
  ring.store(HEADER.writeIndex, writeIndex);
  ring.isCut = isCut;
}

const payloadOf = (bytes: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 7 + seed) % 256));
const LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, MAX - 1, MAX];

describe('a ring', () => {
  it.each([
    [131_072, 4096, 135_168],
    [131_072, 65_536, 196_608],
    [4083, 4096, 4096],
    [4084, 4096, 8192],
  ])('for %i bytes with pages of %i takes %i, as the client computes it', (max, page, bytes) => {
    expect(ringBytes(max, page)).toBe(bytes);
  });

  it.each(LENGTHS)('hands over %i bytes at every place, in both directions', (bytes) => {
    const out = new PlainRing();
    const writer = new RingWriter(out, BYTES);
    const requests = new PlainRing();
    const reader = new RingReader(requests, BYTES, MAX);
    const hand = (payload: Buffer): void => {
      expect(writer.write(payload)).toBe(true);
      expect(clientReads(out).equals(payload)).toBe(true);
      clientWrites(requests, payload);
      expect(reader.read().equals(payload)).toBe(true);
    };
    // With a filler that makes each step an odd number of words, every place has its turn.
    const filler = Buffer.alloc(Math.ceil(bytes / 4) % 2 === 0 ? 1 : 0);
    const places = new Set<number>();
    for (let round = 0; round < WORDS; round += 1) {
      places.add(out.load(HEADER.writeIndex));
      hand(payloadOf(bytes, round));
      hand(filler);
    }
    expect(places.size).toBe(WORDS);
    expect([out.waiting, requests.waiting]).toEqual([0, 0]);
  });

  it('keeps the order of many that wait', () => {
    const ring = new PlainRing();
    const writer = new RingWriter(ring, BYTES);
    const sent = Array.from({ length: 20 }, (_, index) => payloadOf(index * 7, index));
    expect(sent.map((payload) => writer.write(payload))).not.toContain(false);
    expect(ring.waiting).toBe(20);
    expect(sent.map(() => clientReads(ring))).toEqual(sent);
  });

  it('says when it is full, changes nothing then, and takes more when the client has read', () => {
    const ring = new PlainRing();
    const writer = new RingWriter(ring, BYTES);
    let written = 0;
    while (writer.write(payloadOf(100, written))) {
      written += 1;
    }
    // The margin is kept: what is free beside the payload is 12 bytes at least.
    const chunk = 108;
    expect(written).toBe(Math.floor((BYTES - 4 - 112) / chunk) + 1);
    const before = Buffer.from(ring.data);
    expect(writer.write(payloadOf(100, 0))).toBe(false);
    expect(ring.data.equals(before)).toBe(true);
    expect(ring.load(HEADER.writeIndex)).not.toBe(ring.load(HEADER.readIndex));
    expect(clientReads(ring).equals(payloadOf(100, 0))).toBe(true);
    expect(writer.write(payloadOf(100, written))).toBe(true);
  });

  it('takes the largest message when it is empty, wherever that is', () => {
    const ring = new PlainRing();
    const writer = new RingWriter(ring, BYTES);
    const largest = BYTES - 13;
    for (let round = 0; round < 50; round += 1) {
      expect(writer.write(payloadOf(largest, round))).toBe(true);
      expect(writer.write(payloadOf(0, 0))).toBe(false);
      expect(clientReads(ring).equals(payloadOf(largest, round))).toBe(true);
    }
  });

  it('takes a request out before it is acted on: its place is free at once', () => {
    const ring = new PlainRing();
    const reader = new RingReader(ring, BYTES, MAX);
    clientWrites(ring, payloadOf(10, 1));
    reader.read();
    expect([ring.word(0), ring.word(1), ring.load(HEADER.readIndex)]).toEqual([0, MAGIC.consumed, 5]);
  });

  it.each<Spoilt>([
    ['no chunk', {}],
    ['one that is being written', { words: [4, 0xa110ced0] }],
    ['one that was read', { words: [4, MAGIC.consumed] }],
    ['one that is too long', { words: [MAX + 1, MAGIC.ready] }],
    ['one of negative length', { words: [0xffffffff, MAGIC.ready] }],
    ['where the client changed the read index', { words: [4, MAGIC.ready], readIndex: 3 }],
    ['with a header that was cut', { words: [4, MAGIC.ready], isCut: true }],
  ])('refuses to read %s', (_what, spoilt) => {
    const ring = new PlainRing();
    const reader = new RingReader(ring, BYTES, MAX);
    spoil(ring, spoilt);
    expect(() => reader.read()).toThrow(RingFault);
  });

  it.each<Spoilt>([
    ['a read index beyond the end', { readIndex: WORDS }],
    ['a negative read index', { readIndex: -1 }],
    ['a write index that the client changed', { writeIndex: 8 }],
    ['a header that was cut', { isCut: true }],
  ])('refuses to write with %s, and writes nothing', (_what, spoilt) => {
    const ring = new PlainRing();
    const writer = new RingWriter(ring, BYTES);
    spoil(ring, spoilt);
    expect(() => writer.write(payloadOf(8, 1))).toThrow(RingFault);
    expect(ring.data.every((byte) => byte === 0)).toBe(true);
    expect(ring.waiting).toBe(0);
  });

  it('reads a message of any allowed length and no longer one', () => {
    for (const [bytes, isTaken] of [
      [MAX - 1, true],
      [MAX, true],
      [MAX + 1, false],
    ] as const) {
      const ring = new PlainRing();
      const reader = new RingReader(ring, BYTES, MAX);
      clientWrites(ring, payloadOf(bytes, 1));
      if (isTaken) {
        expect(reader.read()).toHaveLength(bytes);
      } else {
        expect(() => reader.read()).toThrow(`Expected at most ${MAX} bytes in a message, got ${bytes}`);
      }
    }
  });
});
