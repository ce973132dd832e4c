import { FrameReader } from '../../../src/wire/frame-reader.ts';
import type { Frame } from '../../../src/wire/frame-writer.ts';

/** Header and payload in one piece. */
export const bytesOf = ({ header, payload }: Frame): Buffer => Buffer.concat([header, payload]);

/** What a reader makes of the pieces. */
export function readAll(pieces: readonly Buffer[]): string[] {
  const reader = new FrameReader(() => {
    throw new Error('not compressed');
  });
  return pieces.flatMap((piece) => [...reader.read(piece)].map((text) => text.toString()));
}
