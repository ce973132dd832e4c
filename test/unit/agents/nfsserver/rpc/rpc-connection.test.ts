import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../../agents/kit/system-clock.ts';
import { RECORD_LIMIT_BYTES } from '../../../../../agents/nfsserver/rpc/record.ts';
import { RpcConnection } from '../../../../../agents/nfsserver/rpc/rpc-connection.ts';
import { type Answer, openRpcServer, reply, words } from '../../../../helpers/rpc-server.ts';

const NULL_CALL = { program: 100_003, version: 4, procedure: 0 };

/** As a reply begins: accepted, with an empty verifier. */
const ACCEPTED = [1, 0, 0, 0] as const;
const DENIED = [1, 1] as const;

async function ask(answer: Answer, signal = AbortSignal.timeout(10_000)): Promise<number> {
  await using server = await openRpcServer(answer);
  // Awaited: the server goes when this function returns.
  return await RpcConnection.with(
    { host: '127.0.0.1', port: server.port, clock: systemClock, signal },
    async (connection) => (await connection.call(NULL_CALL)).left,
  );
}

describe('RpcConnection', () => {
  it('calls as RFC 5531 has it', async () => {
    const calls: Buffer[] = [];
    expect(
      await ask((call) => {
        calls.push(call);
        return reply(call, ...ACCEPTED, 0, 7);
      }),
    ).toBe(4);
    expect(calls[0]?.subarray(4)).toEqual(words(0, 2, 100_003, 4, 0, 0, 0, 0, 0));
  });

  it.each([
    ['PROG_MISMATCH', [...ACCEPTED, 2, 3, 4], 'mismatch', 'PROG_MISMATCH: the server has versions 3 to 4'],
    ['PROG_UNAVAIL', [...ACCEPTED, 1], 'refused', 'PROG_UNAVAIL'],
    ['SYSTEM_ERR', [...ACCEPTED, 5], 'refused', 'SYSTEM_ERR'],
    ['an unknown accept_stat', [...ACCEPTED, 77], 'garbage', 'accept_stat 77'],
    ['AUTH_TOOWEAK', [...DENIED, 1, 5], 'refused', 'a denial, AUTH_TOOWEAK'],
    ['another version of RPC', [...DENIED, 0, 3, 3], 'refused', 'speaks versions 3 to 3 of RPC'],
    ['an unknown denial', [...DENIED, 9], 'garbage', 'a denial of unknown kind 9'],
    ['a call in place of a reply', [0, 2], 'garbage', 'a message of kind 0'],
    ['an unknown status', [1, 2], 'garbage', 'unknown status 2'],
    ['a cut reply', [1, 0, 0], 'garbage', 'ends 4 bytes too early'],
    ['a huge verifier', [1, 0, 0, 0xffff_ffff], 'garbage', 'an item of 4294967295 bytes'],
  ])('tells of %s', async (_name, rest, fault, message) => {
    await expect(ask((call) => reply(call, ...rest))).rejects.toMatchObject({
      name: 'RpcFailure',
      fault,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['another number', () => reply(words(1), ...ACCEPTED, 0), 'a call that was never made'],
    ['an endless record', () => words(RECORD_LIMIT_BYTES + 1), `at most ${RECORD_LIMIT_BYTES}`],
    ['empty fragments', () => words(0, 0, 0), 'an empty fragment'],
    ['an empty record', () => words(0x8000_0000), 'too early'],
  ])('takes no answer with %s', async (_name, answer, message) => {
    await expect(ask(answer)).rejects.toMatchObject({
      fault: 'garbage',
      message: expect.stringContaining(message),
    });
  });

  it('puts an answer together from fragments and bytes', async () => {
    const left = await ask((call, socket) => {
      const message = reply(call, ...ACCEPTED, 0).subarray(4);
      const pieces = [message.subarray(0, 6), message.subarray(6)];
      const [first = message, second = message] = pieces;
      const bytes = Buffer.concat([words(first.length), first, words(0x8000_0000 + second.length), second]);
      for (const byte of bytes) {
        socket.write(Buffer.from([byte]));
      }
      return undefined;
    });
    expect(left).toBe(0);
  });

  it('tells of nobody there, silence, and a closed connection', async () => {
    const server = await openRpcServer(() => undefined);
    const target = { host: '127.0.0.1', port: server.port, clock: systemClock };
    await server[Symbol.asyncDispose]();
    await expect(
      RpcConnection.with({ ...target, signal: AbortSignal.timeout(10_000) }, async () => undefined),
    ).rejects.toMatchObject({ fault: 'unreachable', message: expect.stringContaining('nobody listening') });
    await expect(ask(() => undefined, AbortSignal.timeout(50))).rejects.toMatchObject({ fault: 'silent' });
    await expect(ask(() => undefined, AbortSignal.abort())).rejects.toMatchObject({ fault: 'silent' });
    await expect(
      ask((_call, socket) => {
        socket.end();
        return undefined;
      }),
    ).rejects.toMatchObject({ fault: 'closed' });
  });

  it('goes on after a refusal', async () => {
    let count = 0;
    await using server = await openRpcServer((call) =>
      reply(call, ...ACCEPTED, ...(count++ === 0 ? [1] : [0])),
    );
    const signal = AbortSignal.timeout(10_000);
    await RpcConnection.with(
      { host: '127.0.0.1', port: server.port, clock: systemClock, signal },
      async (connection) => {
        await expect(connection.call(NULL_CALL)).rejects.toMatchObject({ fault: 'refused' });
        expect((await connection.call(NULL_CALL)).left).toBe(0);
      },
    );
  });
});
