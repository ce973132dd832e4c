// Real messages between Pacemaker's tools and its C daemon, byte by byte: test/fixtures/ipc, made by
// test/pacemaker3/record.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

const DIRECTORY = join(import.meta.dirname, '../fixtures/ipc');

/** Of Pacemaker's header, in both layouts [local-ipc 5.1]. */
const HEADER_BYTES = 40;

/** Longer bodies are kept packed. */
const READABLE_BYTES = 4096;

export type IpcChannel = 'request' | 'response' | 'event';

export interface RecordedMessage {
  readonly service: string;
  readonly channel: IpcChannel;
  /** As it lay in the ring: header, body, final NUL. */
  readonly bytes: Buffer;
}

/** One run of a tool. */
export interface Recording {
  /** Version of Debian's package. */
  readonly pacemaker: string;
  /** Layout of the header: old up to 3.0.0, new from 3.0.1 on. */
  readonly layout: 'old' | 'new';
  readonly command: readonly string[];
  /** In the order in which the tool sent and got them. */
  readonly messages: readonly RecordedMessage[];
}

interface StoredMessage {
  readonly service: string;
  readonly channel: IpcChannel;
  /** Hexadecimal. */
  readonly header: string;
  /** The body without its final NUL … */
  readonly text?: string;
  /** … or all of it, deflated, in base64. */
  readonly deflated?: string;
}

export const recordingNames = (): string[] =>
  readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();

export const recordingPath = (name: string): string => join(DIRECTORY, `${name}.json`);

/** @param text of the file, where it is at hand */
export function readRecording(name: string, text = readFileSync(recordingPath(name), 'utf8')): Recording {
  const stored = JSON.parse(text) as Recording & {
    readonly messages: readonly StoredMessage[];
  };
  return { ...stored, messages: stored.messages.map(unpack) };
}

export const writeRecording = (recording: Recording): string =>
  `${JSON.stringify({ ...recording, messages: recording.messages.map(pack) }, undefined, 2)}\n`;

function unpack({ service, channel, header, text, deflated = '' }: StoredMessage): RecordedMessage {
  const body =
    text === undefined ? inflateSync(Buffer.from(deflated, 'base64')) : Buffer.from(`${text}\0`, 'utf8');
  return { service, channel, bytes: Buffer.concat([Buffer.from(header, 'hex'), body]) };
}

function pack({ service, channel, bytes }: RecordedMessage): StoredMessage {
  const header = bytes.toString('hex', 0, HEADER_BYTES);
  const body = bytes.subarray(HEADER_BYTES);
  const text = body.toString('utf8', 0, body.length - 1);
  const isReadable = body.length < READABLE_BYTES && Buffer.from(`${text}\0`, 'utf8').equals(body);
  return {
    service,
    channel,
    header,
    ...(isReadable ? { text } : { deflated: deflateSync(body, { level: 9 }).toString('base64') }),
  };
}
