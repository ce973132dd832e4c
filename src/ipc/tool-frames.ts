/** The frames between `pcmk-tool` and the daemon, as `init/README.md` describes them. Numbers are little endian. */
const VERSION = 1;

/** What a request may have, in bytes. The program has the same limit. */
export const REQUEST_LIMIT_BYTES = 1024 * 1024;

const REQUEST_HEAD_BYTES = 12;
const ANSWER_HEAD_BYTES = 16;
const VERSION_AT = 4;
const WORDS_AT = 8;
const ERRNO_AT = 5;
const EXIT_AT = 8;
const STDOUT_BYTES_AT = 12;

/** What a tool was called with. */
export interface ToolRequest {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What it writes, and the code that it ends with. */
export interface ToolAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A request that can't be one; `errno` says it in a refusal. */
export class BadToolRequest extends Error {
  readonly errno: number;

  constructor(errno: number, message: string) {
    super(message);
    this.errno = errno;
  }
}

const E2BIG = 7;
const EPROTO = 71;

/** Puts a request together, however it comes in pieces. */
export class ToolRequestReader {
  #parts: Buffer[] = [];
  #bytes = 0;

  /**
   * Takes what came.
   * @returns the request, once all of it is there
   * @throws BadToolRequest for what no program of this version sends
   */
  push(chunk: Buffer): ToolRequest | undefined {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < REQUEST_HEAD_BYTES) {
      return undefined;
    }
    const head = this.#parts[0] as Buffer;
    const bytes = head.length < REQUEST_HEAD_BYTES ? this.#join() : head;
    const length = bytes.readUInt32LE(0);
    const version = bytes.readUInt32LE(VERSION_AT);
    if (version !== VERSION) {
      throw new BadToolRequest(EPROTO, `Expected a request of version ${VERSION}, got ${version}`);
    }
    if (length > REQUEST_LIMIT_BYTES) {
      throw new BadToolRequest(E2BIG, `Expected at most ${REQUEST_LIMIT_BYTES} bytes, got ${length}`);
    }
    if (length < REQUEST_HEAD_BYTES || this.#bytes > length) {
      throw new BadToolRequest(EPROTO, `Expected ${length} bytes, got ${this.#bytes}`);
    }
    return this.#bytes === length ? decode(this.#join()) : undefined;
  }

  #join(): Buffer {
    const joined = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [joined];
    return joined;
  }
}

/** Bytes that are no UTF-8 become U+FFFD: the tools refuse what is not ASCII. */
function decode(frame: Buffer): ToolRequest {
  const words = frame.readUInt32LE(WORDS_AT);
  const body = frame.toString('utf8', REQUEST_HEAD_BYTES);
  // Each text has its NUL, the last one too.
  const texts = body.split('\0');
  if (texts.pop() !== '' || words < 1 || words > texts.length) {
    throw new BadToolRequest(EPROTO, `Expected ${words} words that end with NUL, got ${texts.length}`);
  }
  const [name = '', ...args] = texts.slice(0, words);
  return { name, args, env: variablesOf(texts.slice(words)) };
}

function variablesOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const env: Record<string, string> = Object.create(null);
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) {
      throw new BadToolRequest(EPROTO, 'Expected variables as NAME=value');
    }
    env[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return env;
}

/** The answer to a request. */
export function encodeAnswer({ exitCode, stdout, stderr }: ToolAnswer): Buffer {
  const out = Buffer.from(stdout);
  const head = Buffer.alloc(ANSWER_HEAD_BYTES);
  const frame = Buffer.concat([head, out, Buffer.from(stderr)]);
  frame.writeUInt32LE(frame.length, 0);
  frame.writeUInt8(VERSION, VERSION_AT);
  frame.writeUInt32LE(exitCode & 0xff, EXIT_AT);
  frame.writeUInt32LE(out.length, STDOUT_BYTES_AT);
  return frame;
}

/** The answer that there is none, with an error number of 1 to 255; the program knows what to say. */
export function encodeRefusal(errno: number): Buffer {
  const frame = encodeAnswer({ exitCode: 0, stdout: '', stderr: '' });
  frame.writeUInt8(errno, ERRNO_AT);
  return frame;
}
