import { describe, expect, it } from 'vitest';
import { useAudit } from '../helpers/audit.ts';
import { killProcess, until } from '../helpers/pid-namespace.ts';
import { complaints, frameOf, goodController, rawPeer, requestText } from '../integration/daemon/raw-peer.ts';
import { ACTOR, act, HOST, type RunningDaemon, startDaemon, zombies } from '../integration/daemon/support.ts';
import { startResetProxy } from './reset-proxy.ts';

useAudit();

const noZombies = (daemon: RunningDaemon): Promise<void> =>
  until(
    () => zombies(daemon).length === 0,
    () => `no zombie, got ${zombies(daemon)}`,
  );

const processNamed = (daemon: RunningDaemon, wanted: string) =>
  daemon.namespace.processes().find(({ name }) => name === wanted);

describe('a daemon that is killed', () => {
  it('in the middle of an operation is started again, and serves whoever comes back', async () => {
    await using daemon = await startDaemon();
    const before = await daemon.connect();
    await before.registerResource(ACTOR);
    const parameters = { sh: 'exec sleep 300' };
    const running = await before.exec({ rscId: ACTOR.id, action: 'start', parameters });
    await until(() => processNamed(daemon, 'sleep') !== undefined, 'the agent to run');
    const firstPid = daemon.daemonPid();
    killProcess(firstPid, 'SIGKILL');
    await expect(running.result).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await before.closed;
    await daemon.logged('daemon.listening', 2);
    expect(daemon.daemonPid()).not.toBe(firstPid);

    const after = await daemon.connect();
    // Nothing is remembered: a controller registers anew.
    expect(await after.resourceInfo(ACTOR.id)).toBeUndefined();
    // What the dead daemon had started lives on, and nothing runs beside it (spawner.test.ts).
    killProcess(processNamed(daemon, 'sleep')?.pid, 'SIGKILL');
    expect(await act(after, 'echo again')).toMatchObject({ rc: 0, status: 0, output: 'again\n' });
    await noZombies(daemon);
    after.close();
    await after.closed;
  });
});

describe('a daemon that stands still', () => {
  it('lets requests of its controllers time out, and answers again when it goes on', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect({ timeoutMs: 2000 });
    killProcess(daemon.daemonPid(), 'SIGSTOP');
    await expect(Promise.allSettled([client.poke(), client.poke()])).resolves.toMatchObject([
      { status: 'rejected', reason: { code: 'REQUEST_TIMEOUT' } },
      { status: 'rejected', reason: { code: 'REQUEST_TIMEOUT' } },
    ]);
    killProcess(daemon.daemonPid(), 'SIGCONT');
    // The replies that are late now must not be taken for these.
    expect(await client.resourceInfo('none')).toBeUndefined();
    expect(await act(client, 'exit 7')).toMatchObject({ rc: 7 });
    client.close();
    await client.closed;
  });
});

describe('an agent', () => {
  it.each([
    [
      'leaves daemons behind',
      'for i in 1 2 3 4 5; do (setsid sleep 300 &) ; done; exit 0',
      { rc: 0, status: 0 },
    ],
    ['writes without end to both outputs', 'while :; do echo o; echo e >&2; done', { rc: 1, status: 2 }],
    ['closes its outputs', 'exec >&- 2>&- <&-; exit 7', { rc: 7, status: 0 }],
    ['ignores TERM', 'trap "" TERM INT HUP; while :; do sleep 1; done', { rc: 1, status: 2 }],
    ['kills its whole group', 'sleep 300 & kill -KILL 0', { rc: 1, status: 4 }],
    ['closes its outputs and stays', 'exec >&- 2>&-; exec sleep 300', { rc: 1, status: 2 }],
    ['stops itself', 'kill -STOP $$', { rc: 1, status: 2 }],
  ])('that %s gives a result and harms nobody', async (_what, sh, expected) => {
    await using daemon = await startDaemon();
    const good = await goodController(daemon);
    const descriptors = daemon.descriptors();
    expect(await act(good.client, sh, { timeoutMs: 1000 })).toMatchObject(expected);
    await good.expectUnharmed();
    for (const { name, pid } of daemon.namespace.processes()) {
      if (name === 'sleep') {
        killProcess(pid, 'SIGKILL');
      }
    }
    await until(
      // Two pipes more while an agent of the good controller runs.
      () => daemon.descriptors() <= descriptors,
      () => `${descriptors} descriptors, got ${daemon.descriptors()}`,
    );
    await noZombies(daemon);
    await good.leave();
  });

  it('may be one of five hundred at once', async () => {
    await using daemon = await startDaemon({ prelude: 'mkfifo "$scratch/gate"' });
    const client = await daemon.connect();
    await act(client, 'exit 0');
    const descriptors = daemon.descriptors();
    const resources = Array.from({ length: 500 }, (_none, index) => ({ ...ACTOR, id: `many-${index}` }));
    await Promise.all(resources.map((rsc) => client.registerResource(rsc)));
    // Nobody gets through the gate before somebody opens it, who waits for all.
    const sh = `read nothing <"${daemon.scratch}/gate"; exit 7`;
    const operations = await Promise.all(
      resources.map(({ id }) => client.exec({ rscId: id, action: 'monitor', parameters: { sh } })),
    );
    const agents = (): number => daemon.namespace.processes().filter(({ name }) => name === 'sh').length;
    await until(
      () => agents() === 500,
      () => `500 agents, got ${agents()}`,
    );
    await act(client, `: >"${daemon.scratch}/gate"`);
    const results = await Promise.all(operations.map(({ result }) => result));
    expect(results.filter(({ rc, status }) => rc === 7 && status === 0)).toHaveLength(500);
    await until(
      () => daemon.descriptors() <= descriptors,
      () => `${descriptors} descriptors, got ${daemon.descriptors()}`,
    );
    await noZombies(daemon);
    client.close();
    await client.closed;
  }, 60_000);
});

describe('a peer that is lost', () => {
  it.each([
    ['in the header', 20],
    ['in the payload', 60],
    ['behind a message', 0],
  ])('by a reset %s is forgotten', async (_what, cutAt) => {
    await using daemon = await startDaemon();
    const good = await goodController(daemon);
    await using proxy = await startResetProxy(HOST, daemon.port);
    const peer = await rawPeer(daemon, proxy.port);
    const { header, payload } = frameOf(requestText(1, 'lrmd_rsc_poke'));
    const next = frameOf(requestText(2, 'lrmd_rsc_poke'));
    peer.write(header, payload, Buffer.concat([next.header, next.payload]).subarray(0, cutAt));
    await peer.reply(1);
    proxy.reset();
    await peer.closed;
    const log = await peer.leave();
    expect(complaints(log)).toEqual([]);
    expect(log).toContainEqual(expect.objectContaining({ event: 'tls.closed', clean: false }));
    await good.expectUnharmed();
    await good.leave();
  });
});
