import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../agents/kit/system-clock.ts';
import { checkHealth, isAnswering } from '../../../../agents/nfsserver/health.ts';
import type { NfsContext } from '../../../../agents/nfsserver/parameters.ts';
import { type Answer, openRpcServer, reply } from '../../../helpers/rpc-server.ts';

const ACCEPTED = [1, 0, 0, 0, 0] as const;
const MISMATCH = [1, 0, 0, 0, 2, 4, 4] as const;

/** What of a context the check needs. */
const contextOf = (checkLevel: number, leftMs: number): NfsContext =>
  ({
    checkLevel,
    instance: 'nfs',
    clock: systemClock,
    signal: new AbortController().signal,
    leftMs: () => leftMs,
  }) as NfsContext;

/** NULL calls as a server of NFSv4 alone answers them, and all else as the test wants. */
const only4 =
  (compound: Answer): Answer =>
  (call, socket) => {
    const [version, procedure] = [call.readUInt32BE(16), call.readUInt32BE(20)];
    if (procedure !== 0) {
      return compound(call, socket);
    }
    return reply(call, ...(version === 4 ? ACCEPTED : MISMATCH));
  };

async function check(answer: Answer, checkLevel = 0, leftMs = 10_000): Promise<void> {
  await using server = await openRpcServer(answer);
  const exports = [{ pseudo: '/x', isWritable: true }];
  await checkHealth(contextOf(checkLevel, leftMs), {
    host: '127.0.0.1',
    port: server.port,
    versions: [4],
    exports,
  });
}

describe('checkHealth', () => {
  it('finds a server that does what it should', async () => {
    await expect(check(only4(() => undefined))).resolves.toBeUndefined();
  });

  it('finds a server that takes connections and says nothing, within its time', async () => {
    await expect(check(() => undefined, 0, 100)).rejects.toMatchObject({
      code: 1,
      message: expect.stringContaining('to answer for version 4, got no answer in time'),
    });
    await expect(
      check(
        only4(() => undefined),
        10,
        100,
      ),
    ).rejects.toMatchObject({
      code: 1,
      message: expect.stringContaining('to answer for export /x, got no answer in time'),
    });
  });

  it('finds a version that should be off', async () => {
    await expect(check((call) => reply(call, ...ACCEPTED))).rejects.toMatchObject({
      code: 1,
      message: expect.stringContaining('Expected NFSv3 to be refused'),
    });
  });

  it.each([
    [2, 'NFS4ERR_NOENT to LOOKUP of "x"; is the path exported'],
    [1, 'NFS4ERR_PERM to LOOKUP of "x"; does the server lack CAP_DAC_READ_SEARCH'],
    [70, 'NFS4ERR_STALE to LOOKUP of "x"'],
  ])('says what to do about status %i', async (status, message) => {
    const refuse = only4((call) => reply(call, ...ACCEPTED, status, 0, 2, 24, 0, 15, status));
    await expect(check(refuse, 10)).rejects.toMatchObject({
      code: 1,
      message: expect.stringContaining(message),
    });
  });

  it('asks again when the server wants to be asked later', async () => {
    let count = 0;
    const later = only4((call) => {
      const status = count++ === 0 ? 10_008 : 2;
      return reply(call, ...ACCEPTED, status, 0, 2, 24, 0, 15, status);
    });
    await expect(check(later, 10)).rejects.toMatchObject({
      message: expect.stringContaining('NFS4ERR_NOENT'),
    });
    expect(count).toBe(2);
  });

  it('takes an export that is no directory for a fault, and one that nobody may list for none', async () => {
    const typed = (type: number, list: readonly number[]): Answer =>
      only4((call) =>
        call.includes(Buffer.from([0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0, 0]))
          ? reply(call, ...ACCEPTED, ...list)
          : reply(call, ...ACCEPTED, 0, 0, 3, 24, 0, 15, 0, 9, 0, 1, 2, 4, type),
      );
    const denied = [13, 0, 3, 24, 0, 15, 0, 26, 13];
    await expect(check(typed(2, denied), 10)).resolves.toBeUndefined();
    await expect(check(typed(1, denied), 10)).rejects.toMatchObject({
      message: expect.stringContaining('a file of type 1 in place of a directory'),
    });
  });
});

describe('isAnswering', () => {
  it('tells whether somebody takes calls', async () => {
    const server = await openRpcServer(only4(() => undefined));
    const endpoint = { host: '127.0.0.1', port: server.port, versions: [4], exports: [] } as const;
    expect(await isAnswering(contextOf(0, 10_000), endpoint)).toBe(true);
    await server[Symbol.asyncDispose]();
    expect(await isAnswering(contextOf(0, 10_000), endpoint)).toBe(false);
  });
});
