import { describe, expect, it, onTestFinished } from 'vitest';
import { Channel } from '../../../src/client/channel.ts';
import type { AgentError } from '../../../src/errors/agent-error.ts';
import { writeRequest } from '../../../src/protocol/envelope.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { FrameWriter } from '../../../src/wire/frame-writer.ts';
import { MESSAGE_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { FakeConnection } from '../session/kit.ts';

interface Kit {
  readonly connection: FakeConnection;
  readonly channel: Channel;
  readonly notifications: XmlElement[];
  readonly ends: AgentError[];
  /** Asks; the answer is the text of the reply's attribute `word`. */
  ask(signal?: AbortSignal): Promise<string>;
  /** The daemon answers the request with this number. */
  answer(messageId: number, word: string): void;
}

function makeKit(): Kit {
  const connection = new FakeConnection('127.0.0.1:3121');
  const notifications: XmlElement[] = [];
  const ends: AgentError[] = [];
  const channel = new Channel(connection, {
    onNotification: (message) => notifications.push(message),
    onClose: (error) => ends.push(error),
  });
  return {
    connection,
    channel,
    notifications,
    ends,
    ask: (signal = new AbortController().signal) =>
      channel.request(
        (id) => writeRequest('x', id, {}),
        (reply) => reply.attributes['word'] ?? '',
        signal,
      ),
    answer: (messageId, word) =>
      connection.write(
        `<lrmd_reply word="${word}" lrmd_remote_msg_id="${messageId}" lrmd_remote_msg_type="reply"/>`,
      ),
  };
}

/** Promises that were rejected and that nobody heard of, until the end of the test. */
function watchUnhandled(): unknown[] {
  const unhandled: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of others) {
      process.on('unhandledRejection', listener);
    }
  });
  return unhandled;
}

describe('a channel', () => {
  it('numbers its requests', () => {
    const { connection, ask } = makeKit();
    ask();
    ask();
    expect(connection.received.map(({ attributes }) => attributes['lrmd_remote_msg_id'])).toEqual(['1', '2']);
  });

  it('gives each reply to the request with its number, in whatever order they come', async () => {
    const { ask, answer } = makeKit();
    const asked = [ask(), ask(), ask()];
    answer(2, 'two');
    answer(3, 'three');
    answer(1, 'one');
    expect(await Promise.all(asked)).toEqual(['one', 'two', 'three']);
  });

  it('ignores replies that nobody waits for', async () => {
    const { ask, answer, channel, notifications } = makeKit();
    answer(1, 'early');
    const asked = ask();
    answer(1, 'in time');
    answer(1, 'twice');
    answer(9, 'never asked');
    expect(await asked).toBe('in time');
    expect(channel.isOpen).toBe(true);
    expect(notifications).toEqual([]);
  });

  it('hands on notifications', () => {
    const { connection, notifications } = makeKit();
    connection.write(
      '<lrmd_notify lrmd_op="lrmd_rsc_poke" lrmd_remote_msg_id="0" lrmd_remote_msg_type="notify"/>',
    );
    expect(notifications.map(({ attributes }) => attributes['lrmd_op'])).toEqual(['lrmd_rsc_poke']);
  });

  it('reads the reply before the notification that comes with it', async () => {
    const { ask, answer, connection, notifications } = makeKit();
    const asked = ask();
    const writer = new FrameWriter();
    const pieces: Buffer[] = [];
    const deliver = connection.onData;
    connection.onData = (chunk) => void pieces.push(chunk);
    answer(1, 'reply');
    const { header, payload } = writer.frame('<lrmd_notify lrmd_remote_msg_type="notify"/>');
    pieces.push(header, payload);
    deliver(Buffer.concat(pieces));
    expect(notifications).toHaveLength(1);
    expect(await asked).toBe('reply');
  });

  it('rejects a request when its reader of the reply throws', async () => {
    const { channel, answer } = makeKit();
    const asked = channel.request(
      (id) => writeRequest('x', id, {}),
      () => {
        throw new Error('refused');
      },
      new AbortController().signal,
    );
    answer(1, 'anything');
    await expect(asked).rejects.toThrow('refused');
    expect(channel.isOpen).toBe(true);
  });
});

describe('a request', () => {
  it.each([
    ['its time is over', new DOMException('late', 'TimeoutError'), 'REQUEST_TIMEOUT'],
    ['it is given up', new Error('no longer wanted'), 'ABORTED'],
  ])('ends when %s, and a late reply does no harm', async (_what, reason, code) => {
    const { ask, answer, channel } = makeKit();
    const given = new AbortController();
    const asked = ask(given.signal);
    given.abort(reason);
    await expect(asked).rejects.toMatchObject({ code });
    answer(1, 'late');
    const next = ask();
    answer(2, 'next');
    expect(await next).toBe('next');
    expect(channel.isOpen).toBe(true);
  });

  it('is not even sent when it was given up before', async () => {
    const { ask, connection } = makeKit();
    await expect(ask(AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    expect(connection.received).toEqual([]);
  });

  it.each([
    ['the daemon leaves', (kit: Kit) => kit.connection.onClose('The peer said goodbye', true)],
    ['we leave', (kit: Kit) => kit.channel.close()],
    ['the daemon sends garbage', (kit: Kit) => kit.connection.onData(Buffer.alloc(40, 0x5a))],
    ['the daemon sends text that is no XML', (kit: Kit) => kit.connection.write('hello')],
  ])('is rejected with all others when %s', async (_what, end) => {
    const kit = makeKit();
    const asked = [kit.ask(), kit.ask()];
    end(kit);
    for (const one of asked) {
      await expect(one).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        message: expect.stringMatching(/^The connection to 127\.0\.0\.1:3121 ended: /),
      });
    }
    expect(kit.ends).toHaveLength(1);
  });

  it('is refused on a closed connection', async () => {
    const { channel, ask } = makeKit();
    channel.close();
    await expect(ask()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(channel.isOpen).toBe(false);
  });

  it('that is too large is rejected at once, and nothing of it is left', async () => {
    const unhandled = watchUnhandled();
    const { channel, connection } = makeKit();
    const given = new AbortController();
    const fields = { huge: 'x'.repeat(MESSAGE_LIMIT_BYTES) };
    const asked = (async () =>
      channel.request(
        (id) => writeRequest('x', id, fields),
        () => 'answered',
        given.signal,
      ))();
    await expect(asked).rejects.toMatchObject({ code: 'FRAME_TOO_LARGE' });
    expect(connection.received).toEqual([]);
    // Its time-out comes later, when nobody looks at it any more.
    given.abort(new DOMException('late', 'TimeoutError'));
    await new Promise((turn) => setImmediate(turn));
    expect(unhandled).toEqual([]);
  });

  it('leaves no listener on its signal', async () => {
    const { ask, answer } = makeKit();
    const given = new AbortController();
    const counts = countListeners(given.signal);
    const asked = ask(given.signal);
    answer(1, 'done');
    await asked;
    expect(counts.added).toBe(1);
    expect(counts.removed).toBe(1);
  });
});

function countListeners(signal: AbortSignal): { added: number; removed: number } {
  const counts = { added: 0, removed: 0 };
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    counts.added += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    counts.removed += 1;
    remove(...given);
  };
  return counts;
}
