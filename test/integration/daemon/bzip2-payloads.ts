// Payloads that bzip2(1) packed, so that no test needs the program.

export interface PackedPayload {
  readonly bytes: Buffer;
  /** What it is when expanded. */
  readonly expandedBytes: number;
}

/** The request `lrmd_rsc_poke` with the message id 1, and its NUL. */
export const POKE_BZIP2: PackedPayload = {
  bytes: fromBase64([
    'QlpoOTFBWSZTWSLy1WoAAAfbgEAAUACgBwAArq/+ICAAUKaNAGgAAaRqZqehGJpkxEMoiSZgA4I/i6Q4mYbNhHbNLnZhD2Mh',
    'ktKFzXGCbHkE6oQfS8NA/ZowLoE2CB3UlD90/F3JFOFCQIvLVag=',
  ]),
  expandedBytes: 103,
};

/** 20 MiB of the letter x, and a NUL. */
export const BOMB_BZIP2: PackedPayload = {
  bytes: fromBase64(['QlpoOTFBWSZTWfEOBmIAoKNIgMAAAAIAQAAIIAAwzTQKUGadAkCdpAkCeLuSKcKEh4hwMxA=']),
  expandedBytes: 20 * 1024 * 1024 + 1,
};

function fromBase64(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(''), 'base64');
}
