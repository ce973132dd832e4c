import { beforeEach, describe, expect, it } from 'vitest';
import type { Relay, RelayClient } from '../../../src/protocol/ipc-relay.ts';
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';
import { type Provider, Providers } from '../../../src/session/providers.ts';
import { ProxySessions, RELAYED_CEILING_BYTES } from '../../../src/session/proxy-sessions.ts';
import { OUTPUT_CAP_BYTES } from '../../../src/transport/tls-session.ts';
import { MESSAGE_LIMIT_BYTES, TEXT_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { listen, makeHub } from './kit.ts';

class FakeProvider implements Provider {
  readonly id: string;
  readonly peer: string;
  readonly received: XmlElement[] = [];
  limit = 10_000;
  waitingBytes = 0;

  constructor(id: string) {
    this.id = id;
    this.peer = id;
  }

  send(message: XmlElement): boolean {
    const isTooLarge = writeXml(message).length > this.limit;
    if (!isTooLarge) {
      this.received.push(message);
    }
    return !isTooLarge;
  }

  /** Operation and session of what came since the last look. */
  told(): string[] {
    return this.received
      .splice(0)
      .map(({ attributes }) => `${attributes['lrmd_ipc_op']} ${attributes['lrmd_ipc_session']}`);
  }
}

class FakeClient implements RelayClient {
  readonly heard: string[] = [];
  onResponse = (id: number, message: string): void => void this.heard.push(`response ${id} ${message}`);
  onEvent = (message: string): void => void this.heard.push(`event ${message}`);
  onClose = (reason: string): void => void this.heard.push(`closed: ${reason}`);
}

const message = '<ack/>';
let providers: Providers;
let sessions: ProxySessions;
let provider: FakeProvider;
let client: FakeClient;

beforeEach(() => {
  providers = new Providers();
  sessions = new ProxySessions(providers);
  provider = new FakeProvider('p');
  providers.add(provider);
  client = new FakeClient();
});

describe('providers', () => {
  it('are newest first; one that registers again is the newest', () => {
    const [a, b] = [new FakeProvider('a'), new FakeProvider('b')];
    for (const [added, newest] of [
      [a, a],
      [b, b],
      [a, a],
    ] as const) {
      providers.add(added);
      expect(providers.newest).toBe(newest);
    }
    expect(providers.remove(a)).toBe(true);
    expect(providers.newest).toBe(b);
    expect(providers.remove(a)).toBe(false);
  });
});

describe('a session of a local client', () => {
  it('can not be opened where no provider is', () => {
    providers.remove(provider);
    expect(sessions.open('cib_ro', client)).toBeUndefined();
  });

  it('is announced, and its requests carry what the controller looks at', () => {
    const session = sessions.open('cib_ro', client);
    const id = session?.id ?? '';
    session?.request({
      messageId: 7,
      flags: 0x200,
      user: 'root',
      pid: 36,
      message: '<cib_command>text &amp; <b/></cib_command>',
    });
    expect(provider.received).toMatchObject([
      { attributes: { lrmd_ipc_op: 'new', lrmd_ipc_server: 'cib_ro', lrmd_ipc_session: id } },
      {
        attributes: {
          lrmd_ipc_op: 'request',
          lrmd_ipc_session: id,
          lrmd_ipc_client: `proxy-cib_ro-36-${id.slice(0, 8)}`,
          lrmd_ipc_user: 'root',
          lrmd_ipc_msg_id: '7',
          lrmd_ipc_msg_flags: '768',
          lrmd_remote_msg_id: '0',
          lrmd_remote_msg_type: 'notify',
        },
        children: [{ name: 'lrmd_ipc_msg', raw: '<cib_command>text &amp; <b/></cib_command>' }],
      },
    ]);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gets responses and events, and its end once', () => {
    const id = sessions.open('crmd', client)?.id ?? '';
    sessions.forward(provider, { op: 'response', session: id, messageId: 3, message });
    sessions.forward(provider, { op: 'event', session: id, message });
    // Nothing inside: dropped and logged.
    sessions.forward(provider, { op: 'event', session: id });
    sessions.forward(provider, { op: 'destroy', session: id });
    sessions.forward(provider, { op: 'event', session: id, message });
    expect(client.heard).toEqual(['response 3 <ack/>', 'event <ack/>', 'closed: the cluster closed it']);
    expect(provider.told()).toEqual([`new ${id}`, `destroy ${id}`]);
  });

  it('that leaves is told to the provider, and hears nothing any more', () => {
    const session = sessions.open('crmd', client);
    const id = session?.id ?? '';
    session?.close();
    session?.close();
    session?.request({ messageId: 1, flags: 0, user: 'root', pid: 1, message });
    sessions.forward(provider, { op: 'event', session: id, message });
    expect(provider.told()).toEqual([`new ${id}`, `destroy ${id}`, `destroy ${id}`]);
    expect(client.heard).toEqual([]);
  });

  it('ends at once with a request that can not be sent', () => {
    const session = sessions.open('cib_rw', client);
    const id = session?.id ?? '';
    const request = { flags: 0x200, user: 'root', pid: 1 };
    session?.request({ ...request, messageId: 1, message });
    session?.request({ ...request, messageId: 2, message: `<a>${'x'.repeat(provider.limit)}</a>` });
    session?.request({ ...request, messageId: 3, message });
    session?.close();
    expect(provider.told()).toEqual([`new ${id}`, `request ${id}`, `destroy ${id}`]);
    expect(client.heard).toEqual(['closed: a request was too large for the cluster']);
  });

  it.each([
    { waitingBytes: RELAYED_CEILING_BYTES, isSent: true },
    { waitingBytes: RELAYED_CEILING_BYTES + 1, isSent: false },
  ])('asks while $waitingBytes bytes wait for its provider: $isSent', ({ waitingBytes, isSent }) => {
    const session = sessions.open('cib_rw', client);
    const id = session?.id ?? '';
    provider.told();
    provider.waitingBytes = waitingBytes;
    const told = listen('proxy.congested', () =>
      session?.request({ messageId: 1, flags: 0x200, user: 'root', pid: 1, message }),
    );
    expect(provider.told()).toEqual([isSent ? `request ${id}` : `destroy ${id}`]);
    expect(client.heard).toEqual(
      isSent ? [] : ['closed: the controller does not keep up with what local clients ask'],
    );
    expect(told).toHaveLength(isSent ? 0 : 1);
  });

  it('leaves room for results beside the largest request, however much waits', () => {
    expect(RELAYED_CEILING_BYTES + MESSAGE_LIMIT_BYTES).toBeLessThan(OUTPUT_CAP_BYTES);
  });

  it('ends with its provider when nobody else is there', () => {
    sessions.open('attrd', client);
    providers.remove(provider);
    sessions.providerLeft(provider);
    expect(client.heard).toEqual(['closed: the provider left']);
  });

  describe('when its provider leaves and another one is there', () => {
    const request = { messageId: 4, flags: 0x200, user: 'root', pid: 1, message: '<a/>' };
    const answer = { op: 'response', messageId: 4, message };

    it.each([
      ['crmd', 'that asked nothing yet', 0, false, true],
      ['crmd', 'that asked and was answered', 0x200, true, false],
      ['cib_rw', 'that asked and was answered', 0x200, true, false],
      ['attrd', 'that asked and was answered', 0x200, true, true],
      ['attrd', 'that waits for an answer', 0x200, false, false],
      ['attrd', 'that asked what is not answered', 0, false, true],
    ])('%s: one %s: moves: %5$s', (server, what, flags, isAnswered, moves) => {
      const other = new FakeProvider('other');
      const session = sessions.open(server, client);
      const id = session?.id ?? '';
      if (!what.includes('nothing')) {
        session?.request({ ...request, flags });
      }
      if (isAnswered) {
        sessions.forward(provider, { ...answer, session: id });
      }
      client.heard.length = 0;
      providers.add(other);
      providers.remove(provider);
      sessions.providerLeft(provider);
      session?.request({ ...request, messageId: 5 });
      sessions.forward(other, { ...answer, messageId: 5, session: id });
      session?.close();
      expect(client.heard).toEqual(moves ? ['response 5 <ack/>'] : ['closed: the provider left']);
      expect(other.told()).toEqual(
        moves ? [`new ${id}`, `request ${id}`, `destroy ${id}`] : [`destroy ${id}`],
      );
    });
  });

  it('does not exist for another provider', () => {
    const other = new FakeProvider('other');
    const id = sessions.open('crmd', client)?.id ?? '';
    sessions.forward(other, { op: 'destroy', session: id });
    expect(other.told()).toEqual([`destroy ${id}`]);
    expect(client.heard).toEqual([]);
  });
});

describe('ipc_fwd', () => {
  const forward = (op: string, session = ''): string =>
    `<lrmd_ipc_proxy lrmd_ipc_op="${op}" ${session} lrmd_op="ipc_fwd" lrmd_remote_msg_id="5" lrmd_remote_msg_type="request"><lrmd_ipc_msg><ack/></lrmd_ipc_msg></lrmd_ipc_proxy>`;

  it.each(['response', 'event', 'destroy'])('%s for an unknown session: destroy, then the reply', (op) => {
    const peer = makeHub().register('c');
    peer.write(forward(op, 'lrmd_ipc_session="nobody"'));
    expect(peer.received.map(({ attributes }) => attributes)).toMatchObject([
      { lrmd_ipc_op: 'destroy', lrmd_ipc_session: 'nobody' },
      { lrmd_rc: '0', lrmd_remote_msg_id: '5', lrmd_remote_msg_type: 'reply' },
    ]);
  });

  it.each(['dance', '', 'new'])('%j is logged and answered', (op) => {
    const peer = makeHub().register('c');
    peer.write(forward(op, 'lrmd_ipc_session="x"'));
    expect(peer.told()).toEqual(['reply  0']);
  });
});

describe('a request of a local client', () => {
  it.each([
    { more: -1, isSent: true },
    { more: 0, isSent: true },
    { more: 1, isSent: false },
  ])('of the largest size that a frame takes and $more more bytes is sent: $isSent', ({ more, isSent }) => {
    let relay: Relay | undefined;
    const { connect } = makeHub({ onProvider: (_version, given) => (relay = given) });
    const peer = connect();
    const version = 'lrmd_protocol_version="1.1" lrmd_is_ipc_provider="1"';
    peer.request('register', `lrmd_clientname="c" ${version}`);
    const client = new FakeClient();
    const session = relay?.open('cib_rw', client);
    const request = { messageId: 1, flags: 0x200, user: 'root', pid: 1 };
    session?.request({ ...request, message });
    const [around = element('')] = peer.received.splice(0).slice(-1);
    const aroundBytes = Buffer.byteLength(writeXml(around)) - message.length;
    const text = `<a>${'x'.repeat(TEXT_LIMIT_BYTES - aroundBytes + more - '<a></a>'.length)}</a>`;
    const notSent = listen('message.not-sent', () => session?.request({ ...request, message: text }));
    const ops = peer.received.map(({ attributes }) => attributes['lrmd_ipc_op']);
    expect(ops).toEqual([isSent ? 'request' : 'destroy']);
    expect(client.heard).toEqual(isSent ? [] : ['closed: a request was too large for the cluster']);
    expect(notSent).toHaveLength(isSent ? 0 : 1);
  });
});

describe('a registration', () => {
  it.each([
    ['true', '1.2', ['1.2']],
    ['YES', '1.1', ['1.1']],
    ['1', '1.0', ['1.0']],
    ['false', '1.2', []],
    ['maybe', '1.2', []],
    // A peer that is refused is no provider either.
    ['true', '0.9', []],
  ])('with lrmd_is_ipc_provider="%s" and version %s makes a provider of %j', (flag, version, expected) => {
    const versions: string[] = [];
    const { connect } = makeHub({ onProvider: (protocolVersion) => versions.push(protocolVersion) });
    connect().request(
      'register',
      `lrmd_clientname="c" lrmd_protocol_version="${version}" lrmd_is_ipc_provider="${flag}"`,
    );
    expect(versions).toEqual(expected);
  });
});
