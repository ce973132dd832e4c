import type { IpcConnection } from '../../../src/ipc/ipc-types.ts';
import type { Relay, RelayClient, RelayRequest } from '../../../src/protocol/ipc-relay.ts';
import { LocalClient } from '../../../src/proxy/local-client.ts';
import { encodeIpcHeader, type IpcLayout } from '../../../src/wire/ipc-header.ts';
import { IpcReader } from '../../../src/wire/ipc-reader.ts';
import { IPC_HEADER_BYTES } from '../../../src/wire/limits.ts';

/** The relay's side of one local client. */
export class FakeRelay implements Relay {
  readonly requests: RelayRequest[] = [];
  readonly opened: string[] = [];
  closed = 0;
  hasProvider = true;
  client: RelayClient | undefined;

  open(server: string, client: RelayClient) {
    if (!this.hasProvider) {
      return undefined;
    }
    this.opened.push(server);
    this.client = client;
    return {
      id: 'session',
      request: (request: RelayRequest): void => void this.requests.push(request),
      close: (): void => {
        this.closed += 1;
      },
    };
  }
}

/** The transport's side of one local client. */
export class FakeConnection implements IpcConnection {
  readonly service = 'attrd';
  readonly credentials = { pid: process.pid, uid: 0, gid: 0, groups: [] };
  readonly maxMessageBytes: number;
  readonly responses: Buffer[] = [];
  readonly events: Buffer[] = [];
  readonly closed: string[] = [];

  constructor(maxMessageBytes = 131_072) {
    this.maxMessageBytes = maxMessageBytes;
  }

  respond(message: Buffer): void {
    this.responses.push(message);
  }

  event(message: Buffer): void {
    this.events.push(message);
  }

  close(reason: string): void {
    this.closed.push(reason);
  }

  /** What the client would read. */
  read(
    messages: readonly Buffer[],
  ): { readonly id: number; readonly flags: number; readonly text: string }[] {
    const reader = new IpcReader({ decompress: unpack, maxMessageBytes: this.maxMessageBytes });
    return messages.flatMap((message) => reader.read(message) ?? []);
  }
}

/** Compression that halves: four bits a character would do for this text. */
const pack = (bytes: Buffer, limitBytes: number): Buffer | undefined =>
  bytes.length / 2 > limitBytes ? undefined : Buffer.alloc(Math.ceil(bytes.length / 2), 1);
const unpack = (_bytes: Buffer, expectedBytes: number): Buffer => Buffer.alloc(expectedBytes);

/** A message of a client, as it comes from the transport. */
export function messageOf(
  id: number,
  text: string,
  { flags = 0x200, layout = 'old' }: { readonly flags?: number; readonly layout?: IpcLayout } = {},
): Buffer {
  const message = Buffer.concat([Buffer.alloc(IPC_HEADER_BYTES), Buffer.from(text), Buffer.alloc(1)]);
  const textBytes = message.length - IPC_HEADER_BYTES;
  encodeIpcHeader(message, layout, { id, textBytes, compressedBytes: 0, flags, part: 0 });
  return message;
}

export interface OpenClient {
  readonly relay: FakeRelay;
  readonly connection: FakeConnection;
  readonly client: LocalClient;
}

/** A client of `attrd` that was let in. */
export function openClient(maxMessageBytes?: number): OpenClient {
  const relay = new FakeRelay();
  const connection = new FakeConnection(maxMessageBytes);
  const client = LocalClient.open(connection, 'attrd', { relay, compress: pack, decompress: unpack });
  if (client === undefined) {
    throw new Error('Expected a client that was let in');
  }
  return { relay, connection, client };
}
