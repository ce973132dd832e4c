import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameCollector, frame, MESSAGE_LIMIT_BYTES } from '../../../src/control/frames.ts';

describe('frames of the control socket', () => {
  it('are put together from any pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (messages, sizes) => {
          const bytes = Buffer.concat(messages.map((message) => frame(Buffer.from(message))));
          const collector = new FrameCollector();
          const found: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            found.push(...collector.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(found.map((one) => Buffer.from(one))).toEqual(messages.map((one) => Buffer.from(one)));
          expect(collector.isInside).toBe(false);
        },
      ),
    );
  });

  it('have a limit at both ends', () => {
    expect(() => frame(Buffer.alloc(MESSAGE_LIMIT_BYTES + 1))).toThrow(/at most 8388608 bytes/);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(MESSAGE_LIMIT_BYTES + 1);
    expect(() => [...new FrameCollector().push(head)]).toThrow(/at most 8388608 bytes/);
  });
});
