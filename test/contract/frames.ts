import { type Frame, FrameWriter } from '../../src/wire/frame-writer.ts';

const writer = new FrameWriter();

/** A request as a controller sends it. */
export function requestText(messageId: number, op: string, data = '', attributes = ''): string {
  const envelope = `lrmd_remote_msg_id="${messageId}" lrmd_remote_msg_type="request"`;
  const callData = data === '' ? '' : `<lrmd_calldata>${data}</lrmd_calldata>`;
  return `<lrmd_command t="lrmd" lrmd_op="${op}" ${attributes} ${envelope}>${callData}</lrmd_command>`;
}

/** A registration as 2.1.5 sends it; what asks for it then gets notifications. */
export function registerText(messageId: number, attributes = 'lrmd_protocol_version="1.1"'): string {
  return requestText(messageId, 'register', '', `lrmd_clientname="raw" ${attributes}`);
}

export const frameOf = (text: string): Frame => writer.frame(text);

/** Header and payload as the peers send them: in records of their own. */
export function records(text: string): Buffer[] {
  const { header, payload } = frameOf(text);
  return [header, payload];
}

/** Header and payload in one record, which no peer sends. */
export const oneRecord = (text: string): Buffer => Buffer.concat(records(text));

/** A frame whose header has another 32-bit value at an offset. */
export function withField(text: string, offset: number, value: number): Buffer[] {
  const { header, payload } = frameOf(text);
  header.writeUInt32LE(value, offset);
  return [header, payload];
}

/** The header as a machine of the other byte order writes it. */
export function byteSwapped(text: string): Buffer[] {
  const { header, payload } = frameOf(text);
  header.subarray(0, 8).swap32();
  header.subarray(8, 24).swap64();
  header.subarray(24).swap32();
  return [header, payload];
}

/** A frame with a bzip2 payload; `says` is what its header tells of the expanded size. */
export function bzip2(packed: Buffer, says: number): Buffer[] {
  const { header } = frameOf('');
  header.writeUInt32LE(header.length + packed.length, 24);
  header.writeUInt32LE(packed.length, 32);
  header.writeUInt32LE(says, 36);
  return [header, packed];
}
