import { open } from 'node:fs/promises';

/** The header stands at a script's beginning; more of it is not read. */
const READ_LIMIT_BYTES = 64 * 1024;

const BEGIN = '### BEGIN INIT INFO';
const END = '### END INIT INFO';

/** What an init script says of itself: from the first mark of a header to the last one, as it stands there; empty if there is none. */
export function headerTextOf(script: string): string {
  const lines = script.split('\n');
  const isMark = (line: string): boolean => line.startsWith(BEGIN) || line.startsWith(END);
  const first = lines.findIndex(isMark);
  return first === -1 ? '' : lines.slice(first, lines.findLastIndex(isMark) + 1).join('\n');
}

/** The same of a file; empty, too, where it can't be read. */
export async function readHeaderText(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    return '';
  }
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(READ_LIMIT_BYTES) });
    return headerTextOf(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}
