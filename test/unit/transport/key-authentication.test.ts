import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { openSession, sessionCount } from '../../../src/native/gnutls.ts';
import { credentialCount, pskClientCredentials } from '../../../src/native/gnutls-credentials.ts';
import type { SessionFailure } from '../../../src/native/secure-session.ts';
import { KeyAuthentication } from '../../../src/transport/key-authentication.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const PSK = 'NORMAL:+DHE-PSK:+PSK';
const secret = (fill: string): Secret => new Secret(Buffer.alloc(64, fill), fill);

/** What the server says to the first message of a client with a key: it has answered, or has not. */
function greet(authentication: KeyAuthentication, key: Secret): 'again' | 'done' | SessionFailure['kind'] {
  const credentials = pskClientCredentials('lrmd', key);
  const client = openSession({ credentials, priorities: PSK });
  credentials.release();
  const server = authentication.open();
  client.handshake();
  for (const piece of client.takeOutput()) {
    server.feed(piece);
  }
  const result = server.handshake();
  server.free();
  client.free();
  return typeof result === 'object' ? result.kind : result;
}

function rotating() {
  const clock = new FakeClock();
  const [now, before] = [secret('now'), secret('before')];
  const key = { current: () => now };
  const authentication = new KeyAuthentication({ key, previousKey: { current: () => before }, clock });
  return { clock, now, before, authentication };
}

describe('authentication by key', () => {
  it('tries the previous key so often for strangers, so that they cost no more than that', () => {
    const { clock, now, before, authentication } = rotating();
    for (let time = 0; time < 250; time += 1) {
      expect(greet(authentication, secret('stranger'))).toBe('key');
    }
    // None left: who has the previous key must come again. The current one is as good as ever.
    expect(greet(authentication, before)).toBe('key');
    expect(greet(authentication, now)).toBe('again');
    clock.advance(10);
    // And whoever has it is not counted, however often.
    for (let time = 0; time < 250; time += 1) {
      expect(greet(authentication, before)).toBe('again');
    }
    authentication.release();
    expect([sessionCount(), credentialCount()]).toEqual([0, 0]);
  });

  it('takes two keys without names for two', () => {
    const [now, before] = [new Secret(Buffer.alloc(64, 1)), new Secret(Buffer.alloc(64, 2))];
    const previousKey = { current: () => before };
    const authentication = new KeyAuthentication({ key: { current: () => now }, previousKey });
    expect([greet(authentication, now), greet(authentication, before)]).toEqual(['again', 'again']);
    authentication.release();
  });

  it('has one key where none is said to be the previous one', () => {
    const now = secret('now');
    const authentication = new KeyAuthentication({ key: { current: () => now } });
    expect(greet(authentication, now)).toBe('again');
    expect(greet(authentication, secret('before'))).toBe('key');
    authentication.release();
  });
});
