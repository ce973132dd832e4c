import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNANSWERED_LIMIT } from '../../../src/proxy/local-client.ts';
import { localServices } from '../../../src/proxy/local-services.ts';
import { listenTo } from '../../helpers/events.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { FakeConnection, FakeRelay, messageOf, openClient } from './local-client.kit.ts';

let heard: ReturnType<typeof listenTo>;

beforeEach(() => {
  heard = listenTo(
    'proxy.request-invalid',
    'proxy.request-repaired',
    'proxy.undeliverable',
    'proxy.unasked',
    'proxy.no-cluster',
  );
});

afterEach(() => heard.stop());

const names = (): string[] => heard.events.map(({ name }) => name);

describe('services', () => {
  const make = () => {
    const relay = new FakeRelay();
    const tools = { relay, compress: () => undefined, decompress: (bytes: Buffer) => bytes };
    return { relay, services: localServices(tools) };
  };

  it('are the seven names that tools know, each leading to its server', () => {
    const { relay, services } = make();
    const answers = services.map(({ name, accept }) => [name, typeof accept(new FakeConnection())]);
    expect(Object.fromEntries(answers)).toEqual({
      cib_ro: 'object',
      cib_rw: 'object',
      cib_shm: 'object',
      attrd: 'object',
      'stonith-ng': 'object',
      crmd: 'object',
      pacemakerd: 'number',
    });
    expect(relay.opened).toEqual(['cib_ro', 'cib_rw', 'cib_rw', 'attrd', 'stonith-ng', 'crmd']);
  });

  it('refuse with "Remote I/O error" where no cluster is connected, and pacemakerd always', () => {
    const { relay, services } = make();
    relay.hasProvider = false;
    for (const { accept } of services) {
      expect(accept(new FakeConnection())).toBe(-121);
    }
    relay.hasProvider = true;
    expect(services.find(({ name }) => name === 'pacemakerd')?.accept(new FakeConnection())).toBe(-121);
    expect(relay.opened).toEqual([]);
  });
});

describe('a request', () => {
  it('is relayed as it was written, with who asks', () => {
    const { relay, client, connection } = openClient();
    const text = '<a b="&#10;é">  text<!-- c --><![CDATA[ ]]>\n</a>';
    client.onMessage(messageOf(7, text, { flags: 0x300 }));
    expect(relay.requests).toEqual([
      { messageId: 7, flags: 0x300, user: 'root', pid: process.pid, message: text },
    ]);
    expect(connection.closed).toEqual([]);
  });

  it.each([
    ['no XML', 'nothing'],
    ['an empty text', ''],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  ])('that is %s ends the client, with a line that says why', async (_what, text) => {
    const { relay, client, connection } = openClient();
    client.onMessage(messageOf(1, text));
    await until(() => connection.closed.length === 1, 'the client to be ended');
    expect(relay.requests).toEqual([]);
    expect(heard.events).toMatchObject([
      { name: 'proxy.request-invalid', service: 'attrd', reason: expect.any(String) },
    ]);
    client.onClose();
    expect(relay.closed).toBe(1);
  });

  it('whose header is wrong ends the client', () => {
    const { client, connection } = openClient();
    client.onMessage(Buffer.alloc(40));
    expect(connection.closed).toHaveLength(1);
    expect(names()).toEqual(['proxy.request-invalid']);
  });

  it('behind one that ended the client is dropped, without another line', () => {
    const { relay, client, connection } = openClient();
    client.onMessage(messageOf(1, 'nothing'));
    client.onMessage(messageOf(2, '<a/>'));
    client.onMessage(messageOf(3, 'nothing'));
    expect(relay.requests).toEqual([]);
    expect(connection.closed).toHaveLength(1);
    expect(names()).toEqual(['proxy.request-invalid']);
  });

  it('is one of a bounded number without a response', () => {
    const { relay, client, connection } = openClient();
    for (let id = 1; id <= UNANSWERED_LIMIT; id += 1) {
      client.onMessage(messageOf(id, '<a/>'));
    }
    expect(connection.closed).toEqual([]);
    client.onMessage(messageOf(UNANSWERED_LIMIT + 1, '<a/>'));
    expect(connection.closed).toHaveLength(1);
    expect(relay.requests).toHaveLength(UNANSWERED_LIMIT);
  });

  it('that wants no response may come any number of times', () => {
    const { relay, client, connection } = openClient();
    for (let id = 1; id <= UNANSWERED_LIMIT + 1; id += 1) {
      client.onMessage(messageOf(id, '<a/>', { flags: 0 }));
    }
    expect(relay.requests).toHaveLength(UNANSWERED_LIMIT + 1);
    expect(connection.closed).toEqual([]);
  });
});

describe('an answer', () => {
  it.each(['old', 'new'] as const)('comes in the %s layout of the request, with its number', (layout) => {
    const { relay, client, connection } = openClient();
    client.onMessage(messageOf(5, '<a/>', { layout }));
    relay.client?.onResponse(5, '<ack status="0"/>');
    relay.client?.onEvent('<e/>');
    relay.client?.onEvent('<f/>');
    const isOld = connection.responses.every((message) => message[36] === 1);
    expect(isOld).toBe(layout === 'old');
    expect(connection.read(connection.responses)).toEqual([{ id: 5, flags: 0, text: '<ack status="0"/>' }]);
    expect(connection.read(connection.events)).toEqual([
      { id: 1, flags: 0x10000, text: '<e/>' },
      { id: 2, flags: 0x10000, text: '<f/>' },
    ]);
  });

  it.each([
    ['nobody asked for', 0x200, 2],
    ['was not wanted', 0, 1],
  ])('that %s is dropped: a tool would give up over it', (_what, flags, id) => {
    const { relay, client, connection } = openClient();
    client.onMessage(messageOf(1, '<a/>', { flags }));
    relay.client?.onResponse(id, '<ack/>');
    expect(connection.responses).toEqual([]);
    expect(names()).toEqual(['proxy.unasked']);
  });

  it('comes once', () => {
    const { relay, client, connection } = openClient();
    client.onMessage(messageOf(1, '<a/>'));
    relay.client?.onResponse(1, '<ack/>');
    relay.client?.onResponse(1, '<ack/>');
    expect(connection.responses).toHaveLength(1);
  });

  it('may come late, when the next request was answered', () => {
    const { relay, client, connection } = openClient();
    client.onMessage(messageOf(1, '<a/>'));
    client.onMessage(messageOf(2, '<a/>'));
    relay.client?.onResponse(2, '<two/>');
    relay.client?.onResponse(1, '<one/>');
    expect(connection.read(connection.responses).map(({ id }) => id)).toEqual([2, 1]);
  });

  it('that can not be delivered ends the client at once', () => {
    const { relay, client, connection } = openClient(1000);
    client.onMessage(messageOf(1, '<a/>'));
    relay.client?.onResponse(1, `<a>${'x'.repeat(5000)}</a>`);
    expect(connection.responses).toEqual([]);
    expect(connection.closed).toHaveLength(1);
    expect(heard.events).toMatchObject([{ name: 'proxy.undeliverable', service: 'attrd' }]);
  });

  it('before the first request is dropped', () => {
    const { relay, connection } = openClient();
    relay.client?.onEvent('<e/>');
    expect(connection.events).toEqual([]);
    expect(connection.closed).toEqual([]);
  });
});

describe('the end', () => {
  it('of the session ends the client, and the provider is told nothing', () => {
    const { relay, client, connection } = openClient();
    relay.client?.onClose('the provider left');
    expect(connection.closed).toEqual(['the provider left']);
    client.onClose();
    expect(relay.closed).toBe(0);
  });

  it('of the client ends the session, once', () => {
    const { relay, client } = openClient();
    client.onClose();
    client.onClose();
    expect(relay.closed).toBe(1);
  });
});
