// Solo mode, and those who ask about it, while things go wrong.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/control/codec.ts';
import { frame } from '../../src/control/frames.ts';
import { useAudit } from '../helpers/audit.ts';
import { until } from '../helpers/pid-namespace.ts';
import { bundlet } from '../integration/control/cli.ts';
import { controlSocketIn, type RunningDaemon } from '../integration/daemon/support.ts';
import { isIn, startFileAgent } from '../integration/solo/stage.ts';

useAudit();

const count = (
  daemon: RunningDaemon,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): number =>
  daemon
    .log()
    .filter(
      (line) => line.event === event && Object.entries(fields).every(([name, value]) => line[name] === value),
    ).length;

const spawnerOf = (daemon: RunningDaemon): number =>
  daemon.namespace.processes().find(({ name }) => name === 'pcmk-spawner')?.pid ?? 0;

describe('solo mode goes on', () => {
  it('when its daemon is killed again and again at random moments; the application never stops', async () => {
    await using daemon = await startFileAgent({ BUNDLET_RESTART_LIMIT: '1000' });
    await isIn(daemon, 'running');
    for (let round = 1; round <= 6; round += 1) {
      const before = count(daemon, 'daemon.listening');
      await sleep(Math.random() * 100);
      process.kill(daemon.daemonPid(), 'SIGKILL');
      await until(() => count(daemon, 'daemon.listening') > before, `start ${round}`);
    }
    await isIn(daemon, 'running');
    expect(count(daemon, 'op.finished', { op: 'start' })).toBe(1);
    expect(count(daemon, 'op.finished', { op: 'stop' })).toBe(0);
  }, 120_000);

  it('when its daemon stands still for a while', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    process.kill(daemon.daemonPid(), 'SIGSTOP');
    await daemon.namespace.enter(['rm', '-f', `${daemon.scratch}/state`]);
    await sleep(500);
    process.kill(daemon.daemonPid(), 'SIGCONT');
    await daemon.logged('solo.failed');
    await until(() => count(daemon, 'op.finished', { op: 'start', rc: 0 }) === 2, 'a second start');
  });

  it('when the spawner is killed: a monitor may fail for it, and the resource is back', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    // The third time in a row it would be replaced by execa.
    for (let round = 1; round <= 2; round += 1) {
      process.kill(spawnerOf(daemon), 'SIGKILL');
      await daemon.logged('spawner.ready', round + 1);
      await sleep(200);
    }
    await isIn(daemon, 'running');
  });
});

describe('who asks by the control socket', () => {
  const open = (daemon: RunningDaemon): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(controlSocketIn(daemon.scratch));
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        socket.on('error', () => undefined);
        resolve(socket);
      });
    });

  it('may send garbage, half a message, or leave at once: 300 times, and others are served', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    const before = daemon.descriptors();
    for (let round = 0; round < 300; round += 1) {
      const socket = await open(daemon);
      const status = frame(encodeRequest({ id: 1, content: { kind: 'status', body: {} } }));
      const kinds = [
        Buffer.alloc(64, 0xff),
        status.subarray(0, 3),
        Buffer.from([0, 0, 0, 4, 9, 9, 9, 9]),
        status,
      ];
      socket.write(kinds[round % kinds.length] as Buffer);
      await sleep(1);
      socket.destroy();
    }
    expect((await bundlet(daemon.scratch, 'status')).status).toBe(0);
    await until(
      () => daemon.descriptors() <= before + 2,
      () => `${before} descriptors, got ${daemon.descriptors()}`,
    );
    expect(count(daemon, 'control.failed')).toBe(0);
  }, 60_000);

  it('may be 64 at once; one more is refused, and comes in when another leaves', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    const sockets = await Promise.all(Array.from({ length: 64 }, () => open(daemon)));
    await until(() => daemon.descriptors() > 64, 'all connected');
    expect((await bundlet(daemon.scratch, 'status')).status).toBe(3);
    await daemon.logged('control.refused');
    sockets.pop()?.destroy();
    await sleep(100);
    expect((await bundlet(daemon.scratch, 'status')).status).toBe(0);
    for (const socket of sockets) {
      socket.destroy();
    }
  });

  it('loses a watch that he does not read; the daemon does not grow with it', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    const socket = await open(daemon);
    socket.pause();
    const watch = { backlog: 500, level: 'debug', follow: true } as const;
    // Many watches on one connection: each event is sent to each of them.
    for (let id = 1; id <= 40; id += 1) {
      socket.write(frame(encodeRequest({ id, content: { kind: 'watch', body: watch } })));
      await sleep(id % 20 === 0 ? 50 : 0);
    }
    const other = await open(daemon);
    // What is told of each of these is more than the socket takes.
    for (let round = 0; count(daemon, 'control.slow') === 0 && round < 400; round += 1) {
      socket.write(frame(encodeRequest({ id: 1000 + round, content: { kind: 'metrics', body: {} } })));
      await sleep(10);
    }
    other.destroy();
    await daemon.logged('control.slow');
    expect((await bundlet(daemon.scratch, 'livez')).status).toBe(0);
    socket.destroy();
  }, 60_000);
});
