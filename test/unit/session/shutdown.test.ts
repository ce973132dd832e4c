import { describe, expect, it } from 'vitest';
import { SUCCESSOR_GRACE_MS } from '../../../src/session/shutdown.ts';
import { type FakeConnection, makeHub } from './kit.ts';

const TIMEOUT_MS = 60_000;

/** A hub with as many providers as named, oldest first, and how often it ended. */
function makeShutdown(...names: readonly string[]) {
  const kit = makeHub({ shutdownTimeoutMs: TIMEOUT_MS });
  let ends = 0;
  const join = (name: string): FakeConnection => {
    const peer = kit.connect(name);
    peer.request(
      'register',
      `lrmd_clientname="${name}" lrmd_protocol_version="1.1" lrmd_is_ipc_provider="true"`,
    );
    return peer;
  };
  const providers = names.map(join);
  for (const provider of providers) {
    provider.received.length = 0;
  }
  return { ...kit, providers, join, term: () => kit.hub.terminate(() => (ends += 1)), ends: () => ends };
}

/** How often a peer was asked since the last look. */
const asked = (peer: FakeConnection): number =>
  peer.received
    .splice(0)
    .filter(
      ({ name, attributes }) => name === 'lrmd_ipc_proxy' && attributes['lrmd_ipc_op'] === 'shutdown_req',
    ).length;

const answer = (peer: FakeConnection, op: string): void =>
  peer.write(
    `<lrmd_ipc_proxy lrmd_ipc_op="${op}" lrmd_op="ipc_fwd" lrmd_remote_msg_id="9" lrmd_remote_msg_type="request"/>`,
  );

describe('a stop', () => {
  it('without a provider ends at once', () => {
    const { term, ends, register, clock } = makeShutdown();
    register('no provider');
    term();
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it('asks the newest provider in the words that controllers take', () => {
    const { term, ends, providers } = makeShutdown('old', 'new');
    term();
    expect(ends()).toBe(0);
    expect(providers[0]?.received).toEqual([]);
    expect(providers[1]?.received).toMatchObject([
      {
        name: 'lrmd_ipc_proxy',
        attributes: {
          lrmd_ipc_op: 'shutdown_req',
          lrmd_ipc_session: '0',
          lrmd_remote_msg_id: '0',
          lrmd_remote_msg_type: 'notify',
        },
      },
    ]);
  });

  it('goes on after an ack, until the last provider has left', () => {
    const { term, ends, providers, clock } = makeShutdown('a', 'b');
    term();
    answer(providers[1] as FakeConnection, 'shutdown_ack');
    providers[1]?.close('done');
    // The older one remains, and did not hear of it yet.
    expect(asked(providers[0] as FakeConnection)).toBe(1);
    expect(ends()).toBe(0);
    answer(providers[0] as FakeConnection, 'shutdown_ack');
    providers[0]?.close('done');
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it.each(['shutdown_nack', 'SHUTDOWN_NACK'])('ends at once after %s, also after an ack', (nack) => {
    for (const answers of [[nack], ['shutdown_ack', nack]]) {
      const { term, ends, providers, clock } = makeShutdown('a');
      term();
      for (const op of answers) {
        answer(providers[0] as FakeConnection, op);
      }
      expect(ends()).toBe(1);
      expect(clock.waiting).toBe(0);
    }
  });

  it('is not begun by answers that nobody asked for', () => {
    const { ends, providers } = makeShutdown('a');
    answer(providers[0] as FakeConnection, 'shutdown_ack');
    answer(providers[0] as FakeConnection, 'shutdown_nack');
    expect(providers[0]?.told()).toEqual(['reply  0', 'reply  0']);
    expect(ends()).toBe(0);
  });

  it('is hurried by a second signal, and a third changes nothing', () => {
    const { term, ends, clock } = makeShutdown('a');
    term();
    term();
    term();
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it.each([[[]], [['shutdown_ack']]])('ends at its deadline, with the answers %j', (answers) => {
    const { term, ends, providers, clock } = makeShutdown('a');
    term();
    for (const op of answers) {
      answer(providers[0] as FakeConnection, op);
    }
    clock.advance(TIMEOUT_MS - 1);
    expect(ends()).toBe(0);
    clock.advance(1);
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it('asks a provider that comes meanwhile, which then decides', () => {
    const { term, ends, providers, join } = makeShutdown('a');
    term();
    answer(providers[0] as FakeConnection, 'shutdown_ack');
    const next = join('b');
    expect(asked(next)).toBe(1);
    providers[0]?.close('migrated');
    expect(asked(next)).toBe(0);
    expect(ends()).toBe(0);
    next.close('done');
    expect(ends()).toBe(1);
  });

  it('does not care for peers that are no providers', () => {
    const { term, ends, register } = makeShutdown('a');
    const stranger = register('stranger');
    term();
    stranger.vanish();
    expect(ends()).toBe(0);
  });

  it('does not hold a provider to account that left before', () => {
    const { term, ends, providers } = makeShutdown('a');
    providers[0]?.vanish();
    term();
    expect(ends()).toBe(1);
  });
});

describe('a last provider that vanishes during a stop', () => {
  it('is waited for a little', () => {
    const { term, ends, providers, clock } = makeShutdown('a');
    term();
    providers[0]?.vanish();
    clock.advance(SUCCESSOR_GRACE_MS - 1);
    expect(ends()).toBe(0);
    clock.advance(1);
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it('may have a successor, which finishes the stop', () => {
    const { term, ends, providers, join, clock } = makeShutdown('a');
    term();
    answer(providers[0] as FakeConnection, 'shutdown_ack');
    providers[0]?.vanish();
    const successor = join('b');
    expect(asked(successor)).toBe(1);
    clock.advance(SUCCESSOR_GRACE_MS * 2);
    expect(ends()).toBe(0);
    successor.close('done');
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it('is not waited for beyond the deadline', () => {
    const { term, ends, providers, clock } = makeShutdown('a');
    term();
    clock.advance(TIMEOUT_MS - 1000);
    providers[0]?.vanish();
    clock.advance(1000);
    expect(ends()).toBe(1);
    expect(clock.waiting).toBe(0);
  });
});
