import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeResponse, encodeRequest } from '../../../src/control/codec.ts';
import type { ControlApi } from '../../../src/control/control-api.ts';
import { ControlSession } from '../../../src/control/control-session.ts';
import type { ControlEvent, OneOf, RequestBodies, Response } from '../../../src/control/model.ts';
import { AgentError } from '../../../src/errors/agent-error.ts';
import { type HeardEvents, listenTo } from '../../helpers/events.ts';

const EVENT: ControlEvent = { atMs: 1, name: 'op.finished', level: 'info', text: 't', fields: '{}' };

let heard: HeardEvents;
afterEach(() => heard?.stop());

function open(over: Partial<ControlApi> = {}) {
  heard = listenTo('control.invalid', 'control.slow', 'control.failed');
  const sent: Response[] = [];
  const stop = vi.fn();
  let tell: (event: ControlEvent) => void = () => undefined;
  const peer = {
    name: 'test',
    waitingBytes: 0,
    send: (message: Buffer) => void sent.push(decodeResponse(message)),
    close: vi.fn(),
  };
  const api = {
    logLevel: () => ({ level: 'info' }),
    history: () => ({ runs: [] }),
    watch: (_request: unknown, onEvent: (event: ControlEvent) => void) => {
      tell = onEvent;
      return { before: [EVENT], stop };
    },
    ...over,
  } as unknown as ControlApi;
  const session = new ControlSession(api, peer);
  const ask = (id: number, content: OneOf<RequestBodies> | undefined): void =>
    session.receive(encodeRequest({ id, content }));
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  return { session, ask, turn, sent, stop, peer, tell: (event: ControlEvent) => tell(event) };
}

const LOG_LEVEL = { kind: 'logLevel', body: {} } as const;
const WATCH = { kind: 'watch', body: { backlog: 1, level: 'info', follow: true } } as const;

describe('one who asks', () => {
  it('gets an answer with the same id', async () => {
    const { ask, turn, sent } = open();
    ask(7, LOG_LEVEL);
    await turn();
    expect(sent).toEqual([{ id: 7, last: true, content: { kind: 'logLevel', body: { level: 'info' } } }]);
  });

  it('gets one clear error, and may go on', async () => {
    const { ask, turn, sent } = open({
      history: () => {
        throw new AgentError('NO_SUCH_RESOURCE', 'Expected another');
      },
    });
    ask(1, { kind: 'history', body: { limit: 0, failuresOnly: false } });
    ask(2, undefined);
    ask(3, LOG_LEVEL);
    await turn();
    expect(
      sent.map(({ id, content }) => [id, content?.kind, content?.kind === 'failure' && content.body.code]),
    ).toEqual([
      [1, 'failure', 'NO_SUCH_RESOURCE'],
      [2, 'failure', 'NOT_SUPPORTED'],
      [3, 'logLevel', false],
    ]);
  });

  it('is told of a fault of ours, which the log has with its trace', async () => {
    const { ask, turn, sent } = open({
      logLevel: () => {
        throw new TypeError('oh');
      },
    });
    ask(1, LOG_LEVEL);
    await turn();
    expect(sent[0]?.content).toEqual({
      kind: 'failure',
      body: { code: 'DAEMON_FAULT', message: 'The daemon failed to answer: oh' },
    });
    expect(heard.events).toMatchObject([
      { name: 'control.failed', error: expect.stringContaining('TypeError: oh') },
    ]);
  });

  it('may have 32 requests waiting and no more', async () => {
    const { ask, turn, sent } = open();
    for (let id = 1; id <= 33; id += 1) {
      ask(id, LOG_LEVEL);
    }
    expect(sent).toMatchObject([
      { id: 33, content: { kind: 'failure', body: { code: 'TOO_MANY_REQUESTS' } } },
    ]);
    await turn();
    expect(sent.length).toBe(33);
  });

  it('watches until it ends that', async () => {
    const { ask, turn, sent, stop, tell } = open();
    ask(1, WATCH);
    await turn();
    tell({ ...EVENT, name: 'op.started' });
    ask(1, { kind: 'end', body: {} });
    await turn();
    expect(sent.map(({ last, content }) => [last, content?.kind])).toEqual([
      [false, 'event'],
      [false, 'event'],
      [true, 'ended'],
    ]);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('that does not read what it watches loses the watch, not the connection', async () => {
    const { ask, turn, sent, stop, tell, peer } = open();
    ask(1, WATCH);
    await turn();
    peer.waitingBytes = 5 * 1024 * 1024;
    tell(EVENT);
    expect(sent.at(-1)).toMatchObject({ id: 1, last: true, content: { body: { code: 'READER_TOO_SLOW' } } });
    expect(stop).toHaveBeenCalledOnce();
    expect(peer.close).not.toHaveBeenCalled();
    expect(heard.events).toMatchObject([{ name: 'control.slow' }]);
  });

  it('that sends nonsense is closed', () => {
    const { session, peer } = open();
    session.receive(Buffer.from([0xff, 0xff]));
    expect(peer.close).toHaveBeenCalledOnce();
    expect(heard.events).toMatchObject([{ name: 'control.invalid', peer: 'test' }]);
  });

  it('hears nothing after it has gone', async () => {
    const { session, ask, turn, sent, stop } = open();
    ask(1, WATCH);
    await turn();
    ask(2, LOG_LEVEL);
    session.close();
    await turn();
    expect(sent.length).toBe(1);
    expect(stop).toHaveBeenCalledOnce();
  });
});
