import { describe, expect, it } from 'vitest';
import { readRecording, recordingNames, writeRecording } from '../../helpers/ipc-fixtures.ts';

describe('a recording of real local messages', () => {
  it.each(recordingNames())('%s is what its headers say', (name) => {
    const { layout, messages } = readRecording(name);
    expect(messages.length).toBeGreaterThan(0);
    for (const { bytes, channel } of messages) {
      // [local-ipc 5.1]
      expect(bytes.readInt32LE(8)).toBe(bytes.length);
      expect(bytes.readUInt8(layout === 'old' ? 36 : 32)).toBe(1);
      expect(bytes.readUInt8(36)).toBe(layout === 'old' ? 1 : 0);
      const isEvent = (bytes.readUInt32LE(layout === 'old' ? 32 : 28) & 0x10000) !== 0;
      expect(isEvent).toBe(channel === 'event');
    }
  });

  it('is read as it was written', () => {
    const bytes = Buffer.concat([Buffer.alloc(40, 7), Buffer.from('<a b="é"/>\0')]);
    const packed = Buffer.concat([Buffer.alloc(40, 7), Buffer.alloc(5000, 0x80)]);
    for (const message of [bytes, packed]) {
      const recording = {
        pacemaker: '3.0.3',
        layout: 'new' as const,
        command: ['crm_node', '-n'],
        messages: [{ service: 'crmd', channel: 'request' as const, bytes: message }],
      };
      expect(readRecording('unused', writeRecording(recording))).toEqual(recording);
    }
  });

  it('of large messages has them in parts in the new layout, and compressed in the old one', () => {
    const parts = readRecording('new-large-request').messages.filter(
      ({ bytes }) => (bytes.readUInt32LE(28) & 0x80000) !== 0,
    );
    expect(parts.length).toBeGreaterThan(5);
    const compressed = readRecording('old-large-request').messages.filter(
      ({ bytes }) => bytes.readUInt32LE(28) > 0,
    );
    expect(compressed).toHaveLength(1);
  });
});
