import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Admission, ClientConnection } from '../../../src/ipc/ipc-connection.ts';
import type { IpcHandlers } from '../../../src/ipc/ipc-types.ts';
import { SET_UP_MS } from '../../../src/ipc/limits.ts';
import { REPLY_BYTES, REQUEST_BYTES } from '../../../src/ipc/set-up.ts';
import { type HeardEvents, listenTo } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeRings } from './fake-rings.ts';

const DEADLINE = { timeout: 20_000, interval: 2 };
const ERROR_AT = 16;

const REQUEST = Buffer.alloc(REQUEST_BYTES);
REQUEST.writeInt32LE(-1, 0);
REQUEST.writeInt32LE(REQUEST_BYTES, 8);
REQUEST.writeUInt32LE(1000, 16);

/** One connection over a real socket, with a host that answers as the test says, and a client played by hand. */
class Stage {
  readonly clock = new FakeClock();
  readonly rings = new FakeRings();
  readonly messages: string[] = [];
  readonly ends: string[] = [];
  readonly handlers: IpcHandlers = {
    onMessage: (message) => void this.messages.push(message.toString('latin1')),
    onClose: (reason) => void this.ends.push(reason),
  };
  answer: (connection: ClientConnection) => Admission = () => this.grant();
  left = 0;
  received = Buffer.alloc(0);
  isCut = false;
  readonly client: Socket;
  readonly connection: ClientConnection;

  private constructor(client: Socket, server: Socket) {
    this.client = client;
    client.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
    client.on('error', () => undefined);
    client.on('close', () => {
      this.isCut = true;
    });
    this.connection = new ClientConnection({
      socket: server,
      service: 'test',
      credentials: { pid: 7, uid: 0, gid: 0, groups: [] },
      clock: this.clock,
      host: {
        grant: () => 1000,
        admit: (connection) => this.answer(connection),
        weigh: () => undefined,
        left: () => {
          this.left += 1;
        },
      },
    });
  }

  static async make(): Promise<Stage> {
    const path = `\0bundlet-connection-${process.pid}-${Math.random()}`;
    const listener = createServer().listen({ path });
    await once(listener, 'listening');
    const accepted = once(listener, 'connection');
    const client = connect({ path });
    const [server] = (await accepted) as [Socket];
    server.on('error', () => undefined);
    listener.close();
    return new Stage(client, server);
  }

  grant(): Admission {
    return { kind: 'granted', rings: this.rings, handlers: this.handlers };
  }

  async open(): Promise<void> {
    this.client.write(REQUEST);
    await this.got(REPLY_BYTES);
  }

  async got(bytes: number): Promise<void> {
    await vi.waitFor(() => expect(this.received).toHaveLength(bytes), DEADLINE);
  }

  async cut(): Promise<void> {
    await vi.waitFor(() => expect(this.isCut).toBe(true), DEADLINE);
  }

  announce(...texts: readonly string[]): void {
    this.rings.requests.push(...texts.map((text) => Buffer.from(text)));
    this.client.write(Buffer.alloc(texts.length));
  }
}

describe('a local connection', () => {
  let stage: Stage;
  let heard: HeardEvents;

  beforeEach(async () => {
    heard = listenTo('ipc.dropped', 'ipc.handler-failed');
    stage = await Stage.make();
  });

  afterEach(async () => {
    stage.client.destroy();
    await vi.waitFor(() => expect(stage.left).toBeGreaterThan(0), DEADLINE);
    // Whatever happened: no timer is left, and the rings were given back once, if there were any.
    expect(stage.clock.waiting).toBe(0);
    expect(stage.rings.closed).toBeLessThan(2);
    heard.stop();
  });

  const dropped = (): unknown => heard.events.find(({ name }) => name === 'ipc.dropped')?.['reason'];

  it('is set up byte by byte, and the answer comes in one piece', async () => {
    for (const byte of REQUEST) {
      stage.client.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await stage.got(REPLY_BYTES);
    expect(stage.received.readInt32LE(ERROR_AT)).toBe(0);
    expect(stage.clock.waiting).toBe(0);
  });

  it('is cut when its request does not come in time', async () => {
    stage.client.write(REQUEST.subarray(1));
    await new Promise(setImmediate);
    stage.clock.advance(SET_UP_MS);
    await stage.cut();
    expect(stage.received).toHaveLength(0);
  });

  it('is refused with the errno of the host', async () => {
    stage.answer = () => ({ kind: 'refused', errno: -13 });
    await stage.open();
    await stage.cut();
    expect(stage.received.readInt32LE(ERROR_AT)).toBe(-13);
    expect(stage.ends).toEqual([]);
  });

  it('waits while the host is full, and is let in when there is room', async () => {
    stage.answer = () => ({ kind: 'full', errno: -11 });
    const asked = vi.spyOn(stage, 'answer');
    stage.client.write(REQUEST);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), DEADLINE);
    stage.answer = () => stage.grant();
    stage.connection.onRoom();
    await stage.got(REPLY_BYTES);
    expect(stage.received.readInt32LE(ERROR_AT)).toBe(0);
  });

  it('waits no longer than the set-up may take', async () => {
    stage.answer = () => ({ kind: 'full', errno: -11 });
    const asked = vi.spyOn(stage, 'answer');
    stage.client.write(REQUEST);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), DEADLINE);
    stage.clock.advance(SET_UP_MS);
    await stage.got(REPLY_BYTES);
    expect(stage.received.readInt32LE(ERROR_AT)).toBe(-11);
    await stage.cut();
  });

  it('sends what its owner said while it was let in', async () => {
    stage.answer = (connection) => {
      connection.event(Buffer.from('early'));
      return stage.grant();
    };
    stage.client.write(REQUEST);
    await stage.got(REPLY_BYTES + 1);
    expect(stage.rings.taken('event')).toEqual(['early']);
  });

  it('that its owner closes while it is let in gives all back, and tells the owner', async () => {
    stage.answer = (connection) => {
      connection.close('no');
      return stage.grant();
    };
    stage.client.write(REQUEST);
    await stage.cut();
    expect(stage.rings.closed).toBe(1);
    await vi.waitFor(() => expect(stage.ends).toHaveLength(1), DEADLINE);
  });

  it('hands over requests in order, however many come at once', async () => {
    await stage.open();
    const texts = Array.from({ length: 1000 }, (_, index) => `message ${index}`);
    stage.announce(...texts);
    await vi.waitFor(() => expect(stage.messages).toHaveLength(1000), DEADLINE);
    expect(stage.messages).toEqual(texts);
  });

  it('hands over what a client announced before it left', async () => {
    await stage.open();
    const texts = Array.from({ length: 300 }, (_, index) => `message ${index}`);
    stage.announce(...texts);
    stage.client.end();
    await vi.waitFor(() => expect(stage.ends).toEqual(['The client left']), DEADLINE);
    expect(stage.messages).toEqual(texts);
  });

  it('is dropped for a byte that announces nothing', async () => {
    await stage.open();
    stage.client.write(Buffer.alloc(1));
    await stage.cut();
    expect(dropped()).toBe('none');
    await vi.waitFor(() => expect(stage.ends).toEqual(['none']), DEADLINE);
  });

  it('ends at the goodbye of a client, without a warning', async () => {
    await stage.open();
    const goodbye = Buffer.alloc(16);
    goodbye.writeInt32LE(-3, 0);
    stage.rings.requests.push(goodbye);
    stage.client.write(Buffer.alloc(1));
    await stage.cut();
    expect([dropped(), stage.messages]).toEqual([undefined, []]);
  });

  it('is dropped rather than left waiting for a message that is too large for it', async () => {
    await stage.open();
    stage.connection.respond(Buffer.alloc(1000));
    expect(dropped()).toBeUndefined();
    stage.connection.respond(Buffer.alloc(1001));
    expect(dropped()).toContain('A message of 1001 bytes');
    await stage.cut();
  });

  it('is ended when its handler throws, and the fault is told', async () => {
    await stage.open();
    vi.spyOn(stage.handlers, 'onMessage').mockImplementation(() => {
      throw new Error('a fault');
    });
    stage.announce('a', 'b');
    await stage.cut();
    expect(heard.events).toMatchObject([{ name: 'ipc.handler-failed', service: 'test', error: 'a fault' }]);
    await vi.waitFor(() => expect(stage.ends).toHaveLength(1), DEADLINE);
  });

  it('tells its end once and never inside a call of its owner, whose later words go nowhere', async () => {
    await stage.open();
    stage.connection.close('enough');
    stage.connection.close('again');
    stage.connection.respond(Buffer.from('late'));
    expect(stage.ends).toEqual([]);
    await stage.cut();
    expect(stage.ends).toEqual(['enough']);
    expect(stage.rings.taken('response')).toEqual([]);
  });
});
