import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/client/index.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { type GoodController, goodController } from './raw-peer.ts';
import { HOST, type LogLine, type RunningDaemon, startDaemon } from './support.ts';

let daemon: RunningDaemon;
let good: GoodController;

beforeAll(async () => {
  // From a file: three hundred lines at once may not fit into the pipe of standard output, and are counted there.
  daemon = await startDaemon({ prelude: 'export PCMK_logfile="$scratch/log"', logFile: 'log' });
  good = await goodController(daemon);
});

afterAll(async () => {
  await good.leave();
  await daemon[Symbol.asyncDispose]();
});

useAudit();

const hasGnutlsCli = spawnSync('gnutls-cli', ['--version'], { stdio: 'ignore' }).error === undefined;
const HALF_HELLO = Buffer.from('160301020001', 'hex');
const PSK12 = 'NORMAL:-KX-ALL:+PSK:-VERS-ALL:+VERS-TLS1.2';

const daemonKey = (): Buffer => readFileSync(daemon.keyFile);

/** Connects, says something in plain and no more, and waits until it is thrown out. */
async function plain(text: string | Buffer): Promise<void> {
  const socket = await dial();
  socket.end(text);
  await ended(socket);
}

async function dial(): Promise<Socket> {
  const socket = connectSocket({ host: HOST, port: daemon.port });
  // Being thrown out is what these tests are about.
  socket.on('error', () => socket.destroy());
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

const ended = async (socket: Socket): Promise<unknown> => socket.closed || once(socket, 'close');

async function gnutlsCli(user: string, key: string): Promise<void> {
  const secret = ['--pskusername', user, '--pskkey', key];
  const args = ['--no-ca-verification', ...secret, '--priority', PSK12, '-p', String(daemon.port), HOST];
  const child = spawn('gnutls-cli', args, { stdio: ['ignore', 'ignore', 'ignore'] });
  await once(child, 'close');
}

/** What the daemon wrote while `act` went on; the lines of the look-out that ends it are left out. */
async function linesOf(act: () => Promise<unknown>): Promise<LogLine[]> {
  const before = daemon.log().length;
  await act();
  const client = await daemon.connect({ name: 'look-out' });
  client.close();
  await client.closed;
  const lines = (): LogLine[] => daemon.log().slice(before);
  await until(
    () => lines().some(({ event, client: name }) => event === 'session.ended' && name === 'look-out'),
    'the look-out has left',
  );
  const first = lines().findIndex(({ event }) => event === 'tls.accepted');
  return lines().slice(0, first);
}

describe('a stranger', () => {
  const foreign = { key: new Secret(Buffer.alloc(4096, 7)) };

  it.each([
    ['another key', 'key', () => daemon.connect(foreign)],
    [
      'another identity',
      'identity',
      () => connect({ host: HOST, port: daemon.port, key: new Secret(daemonKey()), identity: 'bob' }),
    ],
    ['plain HTTP', 'not-tls', () => plain('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['half a hello and a goodbye', 'tls', () => plain(HALF_HELLO)],
  ])('with %s is refused with one line', async (_what, reason, come) => {
    const events = good.client.events();
    const lines = await linesOf(() => Promise.resolve(come()).catch(() => undefined));
    expect(lines).toMatchObject([{ event: 'tls.refused', level: 'warning', reason }]);
    await good.expectUnharmed();
    // Only the look-out was announced: who has not proved the key is nobody [CVE-2016-7797].
    await good.client.poke();
    const told: string[] = [];
    for await (const { type } of events) {
      if (type === 'poke') {
        break;
      }
      told.push(type);
    }
    expect(told.filter((type) => type === 'new-client')).toHaveLength(1);
  });

  it('that leaves without a word is a health check, and gets no line', async () => {
    expect(await linesOf(() => plain(''))).toEqual([]);
    await good.expectUnharmed();
  });

  it.runIf(hasGnutlsCli).each([
    ['another key', 'key', 'lrmd', () => '00112233'],
    ['another identity', 'identity', 'bob', () => daemonKey().toString('hex')],
  ])('that is gnutls-cli with %s is refused with one line', async (_what, reason, user, key) => {
    const lines = await linesOf(() => gnutlsCli(user, key()));
    expect(lines).toMatchObject([{ event: 'tls.refused', reason }]);
    await good.expectUnharmed();
  });
});

describe('three hundred strangers', () => {
  it('that say nothing or half a hello are sent away after 10 s, and hold up nobody', async () => {
    const before = daemon.log().length;
    const descriptors = daemon.descriptors();
    const strangers = await Promise.all(Array.from({ length: 300 }, dial));
    for (const socket of strangers.slice(0, 100)) {
      socket.write(HALF_HELLO);
    }
    const late = await daemon.connect({ name: 'late' });
    late.close();
    await late.closed;
    await good.expectUnharmed();
    await Promise.all(strangers.map(ended));
    const refusals = (): LogLine[] =>
      daemon
        .log()
        .slice(before)
        .filter(({ event }) => event === 'tls.refused');
    await until(
      () => refusals().length >= 300,
      () => `300 refusals, got ${refusals().length}`,
    );
    expect(new Set(refusals().map(({ peer }) => peer)).size).toBe(300);
    expect(refusals()).toHaveLength(300);
    expect(new Set(refusals().map(({ reason }) => reason))).toEqual(new Set(['timeout']));
    await good.expectUnharmed();
    await until(
      () => daemon.descriptors() <= descriptors,
      () => `${descriptors} descriptors, got ${daemon.descriptors()}`,
    );
  }, 60_000);
});
