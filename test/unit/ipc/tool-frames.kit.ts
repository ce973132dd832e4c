/** A request as `pcmk-tool` writes it. */
export function encodeRequest(words: readonly string[], variables: readonly string[] = []): Buffer {
  const body = Buffer.from([...words, ...variables].map((text) => `${text}\0`).join(''));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(head.length + body.length, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(words.length, 8);
  return Buffer.concat([head, body]);
}
