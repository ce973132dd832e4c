// A peer that proved the key and then says what it likes, and a good controller that must not feel it.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Completion, type RemoteClient, Secret } from '../../../src/client/index.ts';
import { decompress } from '../../../src/native/bzip2.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import { FrameReader } from '../../../src/wire/frame-reader.ts';
import { type Frame, FrameWriter } from '../../../src/wire/frame-writer.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { ACTOR, HOST, type LogLine, type RunningDaemon } from './support.ts';

const NOTHING = Buffer.alloc(0);

export interface RawPeer {
  /** Everything that came, in order. */
  readonly received: readonly XmlElement[];
  /** Resolves with why the connection ended. */
  readonly closed: Promise<string>;
  /** The bytes as they are, in one TLS record each. */
  write(...pieces: readonly Buffer[]): void;
  /** Waits for the reply to the message with this id. */
  reply(messageId: number): Promise<XmlElement>;
  /** Leaves, and gives the lines that the daemon wrote on its account, between its coming and its going. */
  leave(): Promise<LogLine[]>;
}

/** Connects with the daemon's key. One at a time: its lines in the log are told by when they were written. */
export async function rawPeer(daemon: RunningDaemon, port = daemon.port): Promise<RawPeer> {
  const before = daemon.log().length;
  const key = new Secret(readFileSync(daemon.keyFile));
  const connection = await connect({ host: HOST, port, key });
  const received: XmlElement[] = [];
  const reader = new FrameReader(decompress);
  const closed = new Promise<string>((resolve) => {
    connection.onClose = resolve;
  });
  connection.onData = (chunk) => {
    for (const text of reader.read(chunk)) {
      received.push(readXml(text.toString()).root);
    }
  };
  const replyTo = (messageId: number): XmlElement | undefined =>
    received.find(
      ({ attributes }) =>
        attributes['lrmd_remote_msg_type'] === 'reply' &&
        attributes['lrmd_remote_msg_id'] === String(messageId),
    );
  const lines = (): LogLine[] => daemon.log().slice(before);
  return {
    received,
    closed,
    write: (...pieces) => {
      for (const piece of pieces) {
        connection.send(piece, NOTHING);
      }
    },
    reply: async (messageId) => {
      await until(() => connection.closed || replyTo(messageId) !== undefined, `a reply to ${messageId}`);
      const found = replyTo(messageId);
      if (found === undefined) {
        throw new Error(`Expected a reply to ${messageId}, the connection ended: ${await closed}`);
      }
      return found;
    },
    leave: async () => {
      connection.close('the test is done with it');
      await closed;
      await until(() => lines().some(({ event }) => event === 'session.ended'), 'the end of the session');
      return lines();
    },
  };
}

/** The lines that tell of something bad. */
export function complaints(lines: readonly LogLine[]): LogLine[] {
  return lines.filter(({ level }) => level === 'error' || level === 'warning');
}

const writer = new FrameWriter();

/** A request as a controller sends it. */
export function requestText(messageId: number, op: string, data = '', attributes = ''): string {
  const envelope = `lrmd_remote_msg_id="${messageId}" lrmd_remote_msg_type="request"`;
  const callData = data === '' ? '' : `<lrmd_calldata>${data}</lrmd_calldata>`;
  return `<lrmd_command t="lrmd" lrmd_op="${op}" ${attributes} ${envelope}>${callData}</lrmd_command>`;
}

export const frameOf = (text: string): Frame => writer.frame(text);

/** Header and payload in one piece. */
export function bytesOf({ header, payload }: Frame): Buffer {
  return Buffer.concat([header, payload]);
}

/** A message with a packed payload; `says` is what the header tells of its size when expanded. */
export function bzip2Frame(packed: Buffer, says: number): Frame {
  const { header } = frameOf('');
  header.writeUInt32LE(header.length + packed.length, 24);
  header.writeUInt32LE(packed.length, 32);
  header.writeUInt32LE(says, 36);
  return { header, payload: packed };
}

export interface GoodController {
  readonly client: RemoteClient;
  /** Its recurring monitor still gives good results, and its connection is the same. */
  expectUnharmed(): Promise<void>;
  leave(): Promise<void>;
}

/** A controller with a monitor every 50 ms. */
export async function goodController(daemon: RunningDaemon): Promise<GoodController> {
  const client = await daemon.connect({ name: 'good' });
  const rscId = 'good';
  await client.registerResource({ ...ACTOR, id: rscId });
  const monitor = await client.exec({
    rscId,
    action: 'monitor',
    intervalMs: 50,
    parameters: { sh: 'exit 0' },
  });
  await monitor.result;
  return {
    client,
    expectUnharmed: async () => {
      // What comes from now on: two runs, of which the second was begun after the first had ended.
      const seen: Completion[] = [];
      for await (const result of monitor.results()) {
        seen.push(result);
        if (seen.length === 2) {
          break;
        }
      }
      expect(seen).toMatchObject([
        { rc: 0, status: 0 },
        { rc: 0, status: 0 },
      ]);
      expect(client.isOpen).toBe(true);
    },
    leave: async () => {
      client.close();
      await client.closed;
    },
  };
}
