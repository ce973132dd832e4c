import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { openSession, sessionCount } from '../../../src/native/gnutls.ts';
import { pskClientCredentials, pskServerCredentials } from '../../../src/native/gnutls-credentials.ts';
import type { SecureSession, SessionFailure } from '../../../src/native/secure-session.ts';
import { TokenBucket } from '../../../src/transport/token-bucket.ts';
import { TwoKeySession } from '../../../src/transport/two-key-session.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeSession } from './fakes.ts';

const WRONG_KEY: SessionFailure = { kind: 'key', code: -55, message: 'another key' };
const BROKEN: SessionFailure = { kind: 'tls', code: -59, message: 'broken' };

function pair(first: FakeSession, second: FakeSession | undefined) {
  const calls: string[] = [];
  const session = new TwoKeySession(first, {
    open: () => {
      calls.push('open');
      return second;
    },
    proved: () => calls.push('proved'),
  });
  return { session, calls };
}

describe('a session with two keys', () => {
  it('feeds all that came to the second key, and frees the first', () => {
    const [first, second] = [new FakeSession(), new FakeSession()];
    first.shakes.push('again', WRONG_KEY);
    second.shakes.push('done');
    second.keyName = 'second';
    const { session, calls } = pair(first, second);
    session.feed(Buffer.from('client'));
    expect(session.handshake()).toBe('again');
    session.feed(Buffer.from('hello'));
    session.feedEnd();
    expect(session.handshake()).toBe('done');
    expect(second.fed).toBe('clienthello<fin>');
    expect(session.keyName).toBe('second');
    expect(first.frees).toBe(1);
    expect(calls).toEqual(['open', 'proved']);
    session.free();
    expect([first.frees, second.frees]).toEqual([1, 1]);
  });

  it.each([
    { what: 'the first key fits', shakes: ['done'] as const, answered: '', bytes: 1 },
    { what: 'something else fails', shakes: [BROKEN], answered: '', bytes: 1 },
    { what: 'something was answered', shakes: [WRONG_KEY], answered: 'hello', bytes: 1 },
    { what: 'the first message is too long to keep', shakes: [WRONG_KEY], answered: '', bytes: 16_385 },
  ])('begins no second time when $what', ({ shakes, answered, bytes }) => {
    const first = new FakeSession();
    first.shakes.push(...shakes);
    if (answered !== '') {
      first.write(Buffer.from(answered));
    }
    const { session, calls } = pair(first, new FakeSession());
    session.feed(Buffer.alloc(bytes));
    expect(session.handshake()).toBe(shakes[0]);
    expect(Buffer.concat(session.takeOutput()).toString()).toBe(answered);
    expect([calls, first.frees]).toEqual([[], 0]);
  });

  it('keeps as much as allowed', () => {
    const [first, second] = [new FakeSession(), new FakeSession()];
    first.shakes.push(WRONG_KEY);
    const { session } = pair(first, second);
    session.feed(Buffer.alloc(16_384, 'x'));
    session.handshake();
    expect(second.fed).toHaveLength(16_384);
  });

  it('begins a second time only once, and fails with the second failure', () => {
    const [first, second] = [new FakeSession(), new FakeSession()];
    first.shakes.push(WRONG_KEY);
    second.shakes.push(WRONG_KEY, WRONG_KEY);
    const { session, calls } = pair(first, second);
    session.feed(Buffer.from('x'));
    expect(session.handshake()).toBe(WRONG_KEY);
    expect(session.handshake()).toBe(WRONG_KEY);
    expect(calls).toEqual(['open']);
  });

  it('fails as the first one where no second try is to be had', () => {
    const first = new FakeSession();
    first.shakes.push(WRONG_KEY);
    const { session } = pair(first, undefined);
    session.feed(Buffer.from('x'));
    expect(session.handshake()).toBe(WRONG_KEY);
    expect(first.frees).toBe(0);
  });
});

describe('with GnuTLS', () => {
  // With a HelloRetryRequest the server answers before the end of the handshake, but not before it looked at the key.
  it('goes over to the second key also when a group must be asked for', () => {
    const [first, second] = [new Secret(Buffer.alloc(64, 1)), new Secret(Buffer.alloc(64, 2))];
    const serve = (key: Secret): SecureSession => {
      const credentials = pskServerCredentials(() => key);
      const session = openSession({ credentials, priorities: 'NORMAL:-GROUP-ALL:+GROUP-SECP384R1:+DHE-PSK' });
      credentials.release();
      return session;
    };
    const results = [first, second].map((key) => {
      const credentials = pskClientCredentials('lrmd', key);
      const client = openSession({ credentials, priorities: 'NORMAL:+DHE-PSK' });
      credentials.release();
      const server = new TwoKeySession(serve(first), { open: () => serve(second), proved: () => undefined });
      let result: ReturnType<SecureSession['handshake']> = 'again';
      let turns = 0;
      for (; turns < 5 && result === 'again'; turns += 1) {
        client.handshake();
        client.takeOutput().forEach((piece) => {
          server.feed(piece);
        });
        result = server.handshake();
        server.takeOutput().forEach((piece) => {
          client.feed(piece);
        });
      }
      client.free();
      server.free();
      return { result, turns };
    });
    // Two turns would do without the question.
    const done = { result: 'done', turns: 3 };
    expect(results).toEqual([done, done]);
    expect(sessionCount()).toBe(0);
  });
});

describe('a token bucket', () => {
  it('gives so many at once, and so many a second from then on', () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket(3, 2, clock);
    const takeAll = (): number => {
      let taken = 0;
      while (bucket.take()) {
        taken += 1;
      }
      return taken;
    };
    expect(takeAll()).toBe(3);
    clock.advance(499);
    expect(takeAll()).toBe(0);
    clock.advance(1);
    expect(takeAll()).toBe(1);
    clock.advance(1000);
    expect(takeAll()).toBe(2);
    bucket.giveBack();
    expect(takeAll()).toBe(1);
    clock.advance(1_000_000);
    bucket.giveBack();
    expect(takeAll()).toBe(3);
  });
});
