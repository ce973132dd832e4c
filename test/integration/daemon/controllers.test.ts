import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientEvent, type RemoteClient, Secret } from '../../../src/client/index.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { frameOf, goodController, requestText } from './raw-peer.ts';
import { ACTOR, HOST, type RunningDaemon, startDaemon } from './support.ts';

useAudit();

let daemon: RunningDaemon;

beforeEach(async () => {
  daemon = await startDaemon();
});

afterEach(() => daemon[Symbol.asyncDispose]());

const ok = { rscId: ACTOR.id, parameters: { sh: 'exit 0' } };

/** What a controller is told up to the poke that somebody sends now. */
async function toldUntilPoke(
  events: AsyncIterableIterator<ClientEvent>,
  poker: RemoteClient,
): Promise<ClientEvent[]> {
  await poker.poke();
  const told: ClientEvent[] = [];
  for await (const event of events) {
    if (event.type === 'poke') {
      break;
    }
    told.push(event);
  }
  return told;
}

async function leave(client: RemoteClient): Promise<void> {
  client.close();
  await client.closed;
}

/** An agent that counts its runs and ends with the status in a file. */
function counting(name: string) {
  const runsFile = join(daemon.scratch, `${name}.runs`);
  const statusFile = join(daemon.scratch, `${name}.status`);
  const setStatus = (status: number): void => {
    // In one step: the agent must never read half of it.
    writeFileSync(`${statusFile}.new`, String(status));
    renameSync(`${statusFile}.new`, statusFile);
  };
  setStatus(0);
  const runs = (): number => (existsSync(runsFile) ? readFileSync(runsFile, 'utf8').length : 0);
  return {
    parameters: { sh: `printf . >>"${runsFile}"; exit $(cat "${statusFile}")` },
    setStatus,
    runs,
    runsOn: (): Promise<void> => {
      const enough = runs() + 3;
      return until(
        () => runs() >= enough,
        () => `${enough} runs, got ${runs()}`,
      );
    },
  };
}

describe('several controllers', () => {
  it('hear of a new one as soon as it has proved the key; the new one does not', async () => {
    const first = await daemon.connect();
    const events = first.events();
    const stranger = await connect({ host: HOST, port: daemon.port, key: daemonKey() });
    expect(await events.next()).toMatchObject({ value: { type: 'new-client' } });
    const second = await daemon.connect();
    const ofSecond = second.events();
    expect(await toldUntilPoke(events, first)).toEqual([{ type: 'new-client' }]);
    expect(await toldUntilPoke(ofSecond, first)).toEqual([]);
    stranger.close('done');
    await Promise.all([first, second].map(leave));
  });

  it('get every result, but for those that only the one who asked wants', async () => {
    const [asks, listens] = await Promise.all([daemon.connect(), daemon.connect()]);
    await asks.registerResource(ACTOR);
    const events = listens.events();
    const forAll = await asks.exec({ ...ok, action: 'start' });
    await forAll.result;
    const forOne = await asks.exec({ ...ok, action: 'stop', origOnly: true });
    expect(await forOne.result).toMatchObject({ action: 'stop', rc: 0 });
    const told = await toldUntilPoke(events, asks);
    const results = told.filter(({ type }) => type === 'result');
    expect(results).toMatchObject([{ type: 'result', result: { action: 'start', callId: forAll.callId } }]);
    await Promise.all([asks, listens].map(leave));
  });

  it('get of a monitor only what changed, where that was asked for', async () => {
    const client = await daemon.connect();
    await client.registerResource(ACTOR);
    const agent = counting('changes');
    const { parameters } = agent;
    const request = { rscId: ACTOR.id, action: 'monitor', intervalMs: 20, changesOnly: true, parameters };
    const monitor = await client.exec(request);
    const results = monitor.results();
    for (const status of [0, 7, 0]) {
      agent.setStatus(status);
      expect(await results.next()).toMatchObject({ value: { rc: status, status: 0 } });
      await agent.runsOn();
    }
    await client.cancel(request);
    const rest = [];
    for await (const { status } of results) {
      rest.push(status);
    }
    // The cancellation, and none of the runs that gave the same again.
    expect(rest).toEqual([1]);
    await leave(client);
  });

  it('that come late to read get a result that came together with the reply', async () => {
    const client = await daemon.connect();
    await client.registerResource(ACTOR);
    const request = { rscId: ACTOR.id, action: 'monitor', intervalMs: 20, changesOnly: true };
    const execution = client.exec({ ...request, parameters: counting('together').parameters });
    // Nothing of this process runs meanwhile: it finds both, once it reads again.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    const results = (await execution).results();
    expect(await results.next()).toMatchObject({ value: { rc: 0, status: 0 } });
    await client.cancel(request);
    await leave(client);
  });

  it('lose a monitor that is to be dropped only when the last of them has left', async () => {
    const [first, last] = await Promise.all([daemon.connect(), daemon.connect()]);
    const [dropped, kept] = [counting('dropped'), counting('kept')];
    for (const [id, dropRecurring, { parameters }] of [
      ['dropped', true, dropped],
      ['kept', false, kept],
    ] as const) {
      await first.registerResource({ ...ACTOR, id }, { dropRecurring });
      await first.exec({ rscId: id, action: 'monitor', intervalMs: 20, parameters });
    }
    await leave(first);
    await daemon.logged('session.ended');
    await Promise.all([dropped.runsOn(), kept.runsOn()]);
    expect(daemon.log().filter(({ event }) => event === 'op.cancelled')).toEqual([]);

    // A connection without a name does not keep anything alive.
    const nobody = await connect({ host: HOST, port: daemon.port, key: daemonKey() });
    await leave(last);
    expect(await daemon.logged('op.cancelled')).toMatchObject([{ rsc: 'dropped' }]);
    const runs = dropped.runs();
    await kept.runsOn();
    nobody.close('done');

    const back = await daemon.connect();
    const events = back.events();
    expect(await back.recurring()).toMatchObject([{ rscId: 'kept', action: 'monitor', intervalMs: 20 }]);
    expect(await events.next()).toMatchObject({
      value: { type: 'result', result: { rscId: 'kept', rc: 0 } },
    });
    expect(await back.resourceInfo('dropped')).toMatchObject({ id: 'dropped' });
    // One run may have been in flight when it was counted.
    expect(dropped.runs()).toBeLessThanOrEqual(runs + 1);
    await leave(back);
  });
});

describe('a controller that stops reading', () => {
  it('is cut off when too much waits for it, and stops nobody else', async () => {
    const good = await goodController(daemon);
    // Without `onData` its socket is not read.
    const stalled = await connect({ host: HOST, port: daemon.port, key: daemonKey() });
    const attributes = 'lrmd_clientname="stalled" lrmd_protocol_version="1.2"';
    const { header, payload } = frameOf(requestText(1, 'register', '', attributes));
    stalled.send(header, payload);
    await daemon.logged('session.registered', 2);
    await good.client.registerResource(ACTOR);
    const userData = 'u'.repeat(18 * 1024 * 1024);
    for (let round = 0; round < 5; round += 1) {
      const { result } = await good.client.exec({ ...ok, action: 'start', userData });
      expect(await result).toMatchObject({ rc: 0 });
      await good.expectUnharmed();
    }
    const [closed] = await daemon.logged('tls.closed');
    expect(closed?.['reason']).toMatch(/^The peer does not read: \d+ bytes of output are waiting$/);
    expect(await daemon.logged('session.ended')).toMatchObject([{ client: 'stalled' }]);
    stalled.onData = () => undefined;
    await new Promise<unknown>((gone) => {
      stalled.onClose = gone;
    });
    await good.expectUnharmed();
    await good.leave();
  });
});

function daemonKey(): Secret {
  return new Secret(readFileSync(daemon.keyFile));
}
