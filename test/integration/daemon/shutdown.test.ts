import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RemoteClient, Secret } from '../../../src/client/index.ts';
import { startResetProxy } from '../../fault/reset-proxy.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { connectProvider, leave, type ProviderClient } from './provider.ts';
import {
  ACTOR,
  act,
  freePort,
  HOST,
  type LogLine,
  REMOTED,
  type RunningDaemon,
  startDaemon,
} from './support.ts';

useAudit();

/** Long enough that no test waits for it, whatever the load. */
const PATIENT = { BUNDLET_STOP_TIMEOUT: '300' };

/** The events of the shutdown, in order. */
const story = (daemon: RunningDaemon): string[] =>
  daemon
    .log()
    .map(({ event }) => event)
    .filter((event) => event.startsWith('shutdown.') || event.startsWith('daemon.stop'));

const find = (daemon: RunningDaemon, event: string): LogLine | undefined =>
  daemon.log().find((line) => line.event === event);

/** Answers the daemon's question; it may end before it replies. */
async function answer({ client }: ProviderClient, op: string): Promise<void> {
  await client.forward({ op }).catch(() => undefined);
}

/** A provider that is asked, and vanishes without an answer or a goodbye. */
async function crashWhenAsked(daemon: RunningDaemon): Promise<void> {
  await using network = await startResetProxy(HOST, daemon.port);
  const provider = await connectProvider({
    ...daemon,
    connect: (options) => daemon.connect({ ...options, port: network.port }),
  });
  daemon.namespace.signal('SIGTERM');
  await provider.asked('shutdown_req');
  network.reset();
  await provider.client.closed;
}

/** The container ended in order, by itself: pcmk-init names whom it had to kill. */
async function expectOrderlyEnd(daemon: RunningDaemon): Promise<void> {
  expect(await daemon.namespace.ended).toMatchObject({ status: 0, stderr: '' });
}

describe('a container that is stopped while a controller is connected', () => {
  it('asks it, serves it, and ends when it has left', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const provider = await connectProvider(daemon);
    daemon.namespace.signal('SIGTERM');
    expect(await provider.asked('shutdown_req')).toMatchObject({ session: '0' });
    await answer(provider, 'shutdown_ack');
    await daemon.logged('shutdown.acked');
    // The cluster stops what runs: everything is served meanwhile.
    expect(await act(provider.client, 'exit 0', { action: 'stop' })).toMatchObject({ rc: 0 });
    await leave(provider);
    await expectOrderlyEnd(daemon);
    expect(story(daemon)).toEqual([
      ...['shutdown.asked', 'shutdown.acked', 'shutdown.done', 'daemon.stopping', 'daemon.stopped'],
    ]);
  });

  it('ends when it leaves without an answer', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const provider = await connectProvider(daemon);
    daemon.namespace.signal('SIGTERM');
    await provider.asked('shutdown_req');
    await leave(provider);
    await expectOrderlyEnd(daemon);
    expect(story(daemon)).toContain('shutdown.done');
  });

  it('ends at once when the cluster refuses', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const provider = await connectProvider(daemon);
    daemon.namespace.signal('SIGINT');
    await provider.asked('shutdown_req');
    await answer(provider, 'shutdown_nack');
    await expectOrderlyEnd(daemon);
    await provider.client.closed;
    expect(story(daemon)).toEqual([
      ...['shutdown.asked', 'shutdown.refused', 'daemon.stopping', 'daemon.stopped'],
    ]);
  });

  it('ends at once after a second signal; agents that run go on until PID 1 ends them', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const provider = await connectProvider(daemon);
    await provider.client.registerResource(ACTOR);
    await provider.client.exec({ rscId: ACTOR.id, action: 'start', parameters: { sh: 'exec sleep 300' } });
    await until(() => daemon.namespace.processes().some(({ name }) => name === 'sleep'), 'the agent to run');
    daemon.namespace.signal('SIGTERM');
    await provider.asked('shutdown_req');
    expect(daemon.namespace.processes().some(({ name }) => name === 'sleep')).toBe(true);
    daemon.namespace.signal('SIGTERM');
    await expectOrderlyEnd(daemon);
    await provider.client.closed;
    expect(story(daemon)).toContain('shutdown.hurried');
  });

  it('ends at its deadline, before pcmk-init kills anybody', async () => {
    // 2 s of it are for the rest, and 1.5 s for the goodbyes.
    await using daemon = await startDaemon({ env: { BUNDLET_STOP_TIMEOUT: '5' } });
    const provider = await connectProvider(daemon);
    const startMs = performance.now();
    daemon.namespace.signal('SIGTERM');
    await answer(provider, 'shutdown_ack');
    await expectOrderlyEnd(daemon);
    expect(performance.now() - startMs).toBeGreaterThan(1400);
    await provider.client.closed;
    expect(find(daemon, 'shutdown.asked')).toMatchObject({ timeoutMs: 1500 });
    expect(find(daemon, 'shutdown.late')).toMatchObject({ level: 'warning' });
  });

  it('takes a shorter deadline of its own, and no longer one than pcmk-init has', async () => {
    await using daemon = await startDaemon({ env: { ...PATIENT, BUNDLET_SHUTDOWN_TIMEOUT: '100ms' } });
    const provider = await connectProvider(daemon);
    daemon.namespace.signal('SIGTERM');
    await expectOrderlyEnd(daemon);
    await provider.client.closed;
    expect(story(daemon)).toContain('shutdown.late');
    await using other = await startDaemon({ env: { BUNDLET_SHUTDOWN_TIMEOUT: '1h' } });
    expect(await other.logged('daemon.note')).toMatchObject([
      { setting: 'BUNDLET_SHUTDOWN_TIMEOUT', problem: expect.stringMatching(/at most 4\.5 s/) },
    ]);
  });

  it('asks nobody who is no provider', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const client = await daemon.connect();
    daemon.namespace.signal('SIGTERM');
    await expectOrderlyEnd(daemon);
    await client.closed;
    expect(story(daemon)).toEqual(['daemon.stopping', 'daemon.stopped']);
  });
});

describe('a daemon in the foreground', () => {
  it('waits for the cluster after Ctrl-C, and ends at once after the next one', async () => {
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), 'bundlet-foreground-'));
    const keyFile = join(directory, 'authkey');
    const key = randomBytes(64);
    writeFileSync(keyFile, key, { mode: 0o600 });
    const env = {
      PATH: process.env['PATH'],
      PCMK_authkey_location: keyFile,
      PCMK_remote_address: HOST,
      BUNDLET_IPC: 'no',
      BUNDLET_TOOLS_SOCKET: 'none',
    };
    const daemon = spawn(REMOTED, ['--port', String(port)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(daemon, 'exit');
    let log = '';
    daemon.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    await until(() => log.includes('daemon.listening'), 'the daemon to listen');
    const client = await RemoteClient.connect({
      host: HOST,
      port,
      key: new Secret(key),
      isIpcProvider: true,
    });
    daemon.kill('SIGINT');
    // As a systemd unit would let it: 29 minutes of the 30 that it has.
    await until(() => log.includes('"timeoutMs":1740000'), 'the question to the cluster');
    await client.poke();
    daemon.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await client.closed;
    expect(log).toContain('shutdown.hurried');
    rmSync(directory, { recursive: true });
  });
});

describe('several controllers during a stop', () => {
  it('the newest is asked; when it leaves, the other one is; the last one ends it', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const old = await connectProvider(daemon, { name: 'old' });
    const newest = await connectProvider(daemon, { name: 'new' });
    daemon.namespace.signal('SIGTERM');
    await newest.asked('shutdown_req');
    expect(old.heard).toEqual([]);
    await leave(newest);
    await old.asked('shutdown_req');
    await answer(old, 'shutdown_ack');
    await leave(old);
    await expectOrderlyEnd(daemon);
  });

  it('one that takes over gets in, is asked, and finishes the stop', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    const first = await connectProvider(daemon, { name: 'first' });
    daemon.namespace.signal('SIGTERM');
    await first.asked('shutdown_req');
    await answer(first, 'shutdown_ack');
    const second = await connectProvider(daemon, { name: 'second' });
    await second.asked('shutdown_req');
    await leave(first);
    expect(await act(second.client, 'exit 0', { action: 'stop' })).toMatchObject({ rc: 0 });
    await leave(second);
    await expectOrderlyEnd(daemon);
  });

  it('one that crashes is waited for; its successor finishes the stop', async () => {
    await using daemon = await startDaemon({ env: PATIENT });
    await crashWhenAsked(daemon);
    await daemon.logged('shutdown.lost');
    const second = await connectProvider(daemon);
    await second.asked('shutdown_req');
    await answer(second, 'shutdown_nack');
    await expectOrderlyEnd(daemon);
    await second.client.closed;
    expect(story(daemon)).toEqual([
      ...['shutdown.asked', 'shutdown.lost', 'shutdown.asked', 'shutdown.refused'],
      ...['daemon.stopping', 'daemon.stopped'],
    ]);
  });

  it('one that crashes without a successor ends it at the deadline at the latest', async () => {
    await using daemon = await startDaemon({ env: { ...PATIENT, BUNDLET_SHUTDOWN_TIMEOUT: '1' } });
    await crashWhenAsked(daemon);
    await expectOrderlyEnd(daemon);
    expect(story(daemon)).toContain('shutdown.late');
  });
});

describe('messages for local clients that are not there', () => {
  it('are answered, and the controller is told to forget the session', async () => {
    await using daemon = await startDaemon();
    const provider = await connectProvider(daemon);
    await provider.client.forward({ op: 'event', session: 'nobody' });
    expect(await provider.asked('destroy')).toMatchObject({ session: 'nobody' });
    await provider.client.forward({ op: 'dance', session: 'x' });
    await provider.client.forward({ op: 'shutdown_ack' });
    expect(await daemon.logged('proxy.invalid')).toMatchObject([{ level: 'warning', op: 'dance' }]);
    await leave(provider);
  });
});
