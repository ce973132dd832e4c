import { describe, expect, it } from 'vitest';
import { peerName } from '../../../src/transport/peer-name.ts';
import { BURST_FACTOR, GRACE_MS, PendingPeers } from '../../../src/transport/pending-peers.ts';

interface Peer {
  readonly name: string;
  readonly spoke: boolean;
}

const talker = (name: string): Peer => ({ name, spoke: true });
const silent = (name: string): Peer => ({ name, spoke: false });

describe('who must go when there are too many handshakes', () => {
  it.each<{ what: string; peers: Peer[]; ageMs: number; expected: string | undefined }>([
    { what: 'nobody below the cap', peers: [silent('a')], ageMs: 9999, expected: undefined },
    {
      what: 'nobody while all are young',
      peers: [silent('a'), silent('b')],
      ageMs: GRACE_MS - 1,
      expected: undefined,
    },
    {
      what: 'the oldest silent one',
      peers: [talker('a'), silent('b'), silent('c')],
      ageMs: GRACE_MS,
      expected: 'b',
    },
    { what: 'the oldest when all spoke', peers: [talker('a'), talker('b')], ageMs: GRACE_MS, expected: 'a' },
    {
      what: 'even a young one when there are far too many',
      peers: Array.from({ length: 2 * BURST_FACTOR }, (_, index) =>
        index === 5 ? silent('young') : talker('t'),
      ),
      ageMs: 0,
      expected: 'young',
    },
  ])('$what', ({ peers, ageMs, expected }) => {
    const pending = new PendingPeers<Peer>(2);
    for (const peer of peers) {
      pending.add(peer, 1000);
    }
    expect(pending.victim(1000 + ageMs)?.name).toBe(expected);
  });

  it('spares the young ones behind an old one', () => {
    const pending = new PendingPeers<Peer>(2);
    pending.add(talker('old'), 0);
    pending.add(silent('young'), GRACE_MS);
    expect(pending.victim(GRACE_MS)?.name).toBe('old');
  });

  it('forgets who was removed', () => {
    const pending = new PendingPeers<Peer>(1);
    const peer = silent('a');
    pending.add(peer, 0);
    expect(pending.remove(peer)).toBe(true);
    expect(pending.remove(peer)).toBe(false);
    expect(pending.size).toBe(0);
    expect(pending.victim(9999)).toBeUndefined();
  });
});

describe('peerName', () => {
  it.each([
    ['10.0.0.1', 53_122, '10.0.0.1:53122'],
    ['::1', 4711, '[::1]:4711'],
    ['::ffff:10.0.0.1', 1, '10.0.0.1:1'],
    ['fe80::1%eth0', 1, '[fe80::1%eth0]:1'],
    ['host.example', 3121, 'host.example:3121'],
    [undefined, undefined, 'unknown'],
  ])('%s and %s make %s', (address, port, expected) => {
    expect(peerName(address, port)).toBe(expected);
  });
});
