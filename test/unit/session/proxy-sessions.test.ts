import { beforeEach, describe, expect, it } from 'vitest';
import type { RelayClient } from '../../../src/protocol/ipc-relay.ts';
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import { type Provider, Providers } from '../../../src/session/providers.ts';
import { ProxySessions } from '../../../src/session/proxy-sessions.ts';
import { makeHub } from './kit.ts';

class FakeProvider implements Provider {
  readonly id: string;
  readonly peer: string;
  readonly received: XmlElement[] = [];

  constructor(id: string) {
    this.id = id;
    this.peer = id;
  }

  send(message: XmlElement): void {
    this.received.push(message);
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
  onResponse = (id: number, message: XmlElement): void =>
    void this.heard.push(`response ${id} ${message.name}`);
  onEvent = (message: XmlElement): void => void this.heard.push(`event ${message.name}`);
  onClose = (reason: string): void => void this.heard.push(`closed: ${reason}`);
}

const message = element('ack');
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
    session?.request({ messageId: 7, flags: 0x200, user: 'root', pid: 36, message: element('cib_command') });
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
        children: [{ name: 'lrmd_ipc_msg', children: [{ name: 'cib_command' }] }],
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
    expect(client.heard).toEqual(['response 3 ack', 'event ack', 'closed: the cluster closed it']);
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

  it('ends with its provider, though another one is there', () => {
    const other = new FakeProvider('other');
    const session = sessions.open('crmd', client);
    providers.add(other);
    const second = new FakeClient();
    sessions.open('crmd', second);
    sessions.providerLeft(provider);
    expect(client.heard).toEqual(['closed: the provider left']);
    expect(second.heard).toEqual([]);
    session?.close();
    expect(other.told()).toEqual([expect.stringMatching(/^new /)]);
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
