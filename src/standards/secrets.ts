import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import { Secret } from '../errors/secret.ts';
import { crypto } from '../native/crypto.ts';
import type { Clock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';

/** Where the `cibsecret` tool puts secrets: `RESOURCE/PARAMETER`, and their digests beside them as `.sign`. */
export const SECRETS_DIRECTORY = '/var/lib/pacemaker/lrm/secrets';

/** Stands in the configuration in place of a secret [protocol 5.12, CIB secrets]. */
const MARK = 'lrm://';

/** The longest secret, in bytes; the C daemon takes 254. */
export const MAX_SECRET_BYTES = 8192;

/** How long the secrets of one action may take to read, in ms: a file system that hangs must not hold the resource. */
const READ_LIMIT_MS = 5000;

/** Whether an action needs secrets at all. */
export function holdsSecrets(parameters: ReadonlyMap<string, string>): boolean {
  for (const value of parameters.values()) {
    if (value === MARK) {
      return true;
    }
  }
  return false;
}

/** The parameters of an action as its agent gets them. */
export interface Replaced {
  readonly parameters: ReadonlyMap<string, string>;
  /** False when a secret could not be had; its parameter then still says `lrm://`. */
  readonly isComplete: boolean;
}

export interface SecretStoreOptions {
  readonly clock: Clock;
  /** Default `/var/lib/pacemaker/lrm/secrets`. */
  readonly directory?: string;
}

/** The secrets that the cluster keeps outside of its configuration, on each node's own disk. */
export class SecretStore {
  readonly #clock: Clock;
  readonly #directory: string;
  /** Files that were complained of already. */
  readonly #readable = new Set<string>();

  constructor(options: SecretStoreOptions) {
    this.#clock = options.clock;
    this.#directory = options.directory ?? SECRETS_DIRECTORY;
  }

  /** Puts secrets in the place of `lrm://`. Each one that can't be had is told by an event; never rejects. */
  async replace(rscId: string, parameters: ReadonlyMap<string, string>): Promise<Replaced> {
    const names = [...parameters].filter(([, value]) => value === MARK).map(([name]) => name);
    const found = await Promise.all(names.map((name) => this.#load(rscId, name)));
    const replaced = new Map(parameters);
    let isComplete = true;
    for (const [index, name] of names.entries()) {
      const secret = found[index];
      if (secret instanceof Secret) {
        replaced.set(name, secret.expose().toString('utf8'));
        secret.wipe();
      } else {
        isComplete = false;
        emit('secret.not-loaded', { rsc: rscId, parameter: name, reason: secret ?? 'unknown' });
      }
    }
    return { parameters: replaced, isComplete };
  }

  /** The secret, or in words why it can't be had. */
  async #load(rscId: string, name: string): Promise<Secret | string> {
    if (!isPlainName(rscId) || !isPlainName(name)) {
      return 'Expected names without a path for the resource and its parameter';
    }
    const path = join(this.#directory, rscId, name);
    const late = Promise.withResolvers<string>();
    const timer = this.#clock.setTimer(READ_LIMIT_MS, () => {
      late.resolve(`Expected to read ${path} within ${READ_LIMIT_MS} ms`);
    });
    // Whichever comes first; nothing in there rejects.
    const found = await Promise.race([this.#read(path), late.promise]);
    timer.cancel();
    return found;
  }

  async #read(path: string): Promise<Secret | string> {
    try {
      const value = await readFirstLine(path);
      this.#noteMode(path, value.mode);
      const sign = await readFirstLine(`${path}.sign`);
      return verify(value.bytes, sign.bytes.toString('latin1'));
    } catch (error) {
      return messageOf(error);
    }
  }

  /** The others of the container must not read it. */
  #noteMode(path: string, mode: number): void {
    if ((mode & 0o007) !== 0 && !this.#readable.has(path)) {
      this.#readable.add(path);
      emit('secret.readable', { path, mode: (mode & 0o777).toString(8).padStart(4, '0') });
    }
  }
}

/** What a file of that name can't leave: its directory. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

/** The digest is of the value as the agent gets it; it finds files that were damaged, not ones that were forged. */
function verify(bytes: Buffer, sign: string): Secret | string {
  const secret = new Secret(bytes);
  const reason = faultOf(bytes, sign);
  if (reason !== undefined) {
    secret.wipe();
    return reason;
  }
  return secret;
}

function faultOf(bytes: Buffer, sign: string): string | undefined {
  if (bytes.length === 0) {
    return 'Expected a value in the first line, got none';
  }
  // An environment holds neither.
  if (bytes.includes(0) || !isUtf8(bytes)) {
    return 'Expected UTF-8 text without NUL bytes';
  }
  const digest = crypto().createHash('md5').update(bytes).digest('hex');
  return sign.toLowerCase() === digest ? undefined : 'Expected the MD5 digest that .sign tells, got another';
}

/** The first line without the white space at its end, which is all that the C daemon takes. */
async function readFirstLine(path: string): Promise<{ readonly bytes: Buffer; readonly mode: number }> {
  const { open } = await import('node:fs/promises');
  // Non-blocking, because opening a named pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  // One byte more than allowed tells what is too long. Unpooled, so that wiping it leaves no copy behind.
  const buffer = Buffer.allocUnsafeSlow(MAX_SECRET_BYTES + 1);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new Error(`Expected a regular file at ${path}`);
    }
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
    }
    const line = firstLine(buffer.subarray(0, length));
    if (line.length > MAX_SECRET_BYTES) {
      throw new Error(`Expected at most ${MAX_SECRET_BYTES} bytes in ${path}`);
    }
    const bytes = Buffer.allocUnsafeSlow(line.length);
    line.copy(bytes);
    return { bytes, mode: stats.mode };
  } finally {
    buffer.fill(0);
    await file.close();
  }
}

const NEWLINE = 0x0a;

function firstLine(text: Buffer): Buffer {
  const newline = text.indexOf(NEWLINE);
  let end = newline === -1 ? text.length : newline;
  while (end > 0 && isSpace(text[end - 1] ?? 0)) {
    end -= 1;
  }
  return text.subarray(0, end);
}

/** isspace(3) in the C locale. */
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
