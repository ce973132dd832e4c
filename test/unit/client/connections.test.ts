import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connections } from '../../../src/client/connections.ts';
import { Secret } from '../../../src/errors/secret.ts';

const key = new Secret(Buffer.alloc(64, 1));

describe('connections', () => {
  it('tries again with growing pauses, until it is told to stop', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((closed) => server.close(closed));
    const end = new AbortController();
    const pauses: number[] = [];
    const options = { host: '127.0.0.1', port, key, signal: end.signal, firstPauseMs: 8, longestPauseMs: 40 };
    const onFailure = ({ code }: { code: string }, pauseMs: number): void => {
      expect(code).toBe('CONNECT_FAILED');
      pauses.push(pauseMs);
      if (pauses.length === 5) {
        end.abort();
      }
    };
    for await (const _client of connections({ ...options, onFailure })) {
      throw new Error('Expected nobody');
    }
    const most = [8, 16, 32, 40, 40];
    expect(
      pauses.every((pause, index) => pause <= (most[index] ?? 0) && pause >= (most[index] ?? 0) * 0.7),
    ).toBe(true);
  });

  it('ends at once with what time does not mend', async () => {
    const wrong = connections({ host: '127.0.0.1', key, priorities: 'NONSENSE' });
    await expect(wrong.next()).rejects.toMatchObject({ code: 'TLS_PRIORITIES_INVALID' });
  });
});
