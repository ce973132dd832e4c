import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { REMOTE_NODE } from '../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { killProcess, until } from '../../helpers/pid-namespace.ts';
import type { RunningDaemon } from '../daemon/support.ts';
import {
  complaintsOf,
  MISSING,
  runTool,
  serve,
  sharedFiles,
  startDaemonWithTools,
  startTool,
  watchTidiness,
} from './support.ts';

const NODE_NAME = { exitCode: 0, stdout: `${REMOTE_NODE}\n` };
const SILENT = {
  override: ({ server }: { readonly server: string }) => (server === 'attrd' ? [] : undefined),
};

/** `/etc` with what tells libqb to use socket files, and a `/tmp` of its own for them. */
const SOCKET_FILES = [
  'mkdir "$scratch/etc" && cp -a /etc/. "$scratch/etc/"',
  'mkdir -p "$scratch/etc/libqb" && touch "$scratch/etc/libqb/force-filesystem-sockets"',
  'mount --bind "$scratch/etc" /etc',
  'mount --bind "$scratch" /mnt && mount -t tmpfs -o mode=1777 tmp /tmp',
  'mkdir "$scratch" && mount --bind /mnt "$scratch" && umount /mnt',
].join(' && ');

/** Memory of the daemon that nobody shares, in MB. */
const privateMb = (daemon: RunningDaemon): number => {
  const text = readFileSync(`/proc/${daemon.daemonPid()}/smaps_rollup`, 'utf8');
  return Number(/^Pss_Anon:\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN) / 1024;
};

describe.skipIf(MISSING !== undefined)(`a daemon with tools (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it('serves 200 at once, and is small again when they have left', { timeout: 90_000 }, async () => {
    await using daemon = await startDaemonWithTools();
    await using provider = await serve(daemon);
    const tidy = await watchTidiness(daemon);
    const sh = 'for i in $(seq 200); do crm_node -n & done; wait';
    const { stdout, stderr } = await runTool(daemon, ['sh', '-c', sh]);
    expect({ stdout, stderr }).toEqual({ stdout: `${REMOTE_NODE}\n`.repeat(200), stderr: '' });
    await until(() => provider.sessions.size === 0, 'the cluster to hear that they have left');
    await tidy(['ipc.full']);
    // The budget of a daemon that idles again after a burst; it takes some seconds to be sure that it does.
    await vi.waitFor(() => expect(privateMb(daemon)).toBeLessThan(20), { timeout: 40_000, interval: 500 });
  });

  it('that is killed is started again, clears up, and serves them again', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster(SILENT);
    const first = await serve(daemon, cluster);
    const tool = startTool(daemon, ['attrd_updater', '-n', 'a', '-U', '1']);
    await until(() => cluster.requests.length === 1, 'the question to be there');
    const [directory] = sharedFiles(daemon);
    killProcess(daemon.daemonPid(), 'SIGKILL');
    const { exitCode, ms } = await tool.ended;
    expect(exitCode).not.toBe(0);
    expect(ms).toBeLessThan(5000);
    await first.client.closed;
    await daemon.logged('ipc.listening', 2);
    expect(await daemon.logged('ipc.purged')).toMatchObject([{ path: `/dev/shm/${directory}` }]);
    expect(sharedFiles(daemon)).toEqual([]);
    await using _second = await serve(daemon);
    expect(await runTool(daemon, ['crm_node', '-n'])).toMatchObject(NODE_NAME);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'that stops by %s ends them, and leaves no file',
    async (signal) => {
      // Where the test can look when the namespace is gone.
      await using daemon = await startDaemonWithTools({
        prelude: 'mkdir "$scratch/ipc"; export BUNDLET_IPC_DIRECTORY="$scratch/ipc"',
      });
      const cluster = new FakeCluster(SILENT);
      const provider = await serve(daemon, cluster);
      const tool = startTool(daemon, ['attrd_updater', '-n', 'a', '-U', '1']);
      await until(() => cluster.requests.length === 1, 'the question to be there');
      killProcess(daemon.daemonPid(), signal);
      await daemon.logged('shutdown.acked');
      // While the cluster stops what runs here, tools are served.
      expect(await runTool(daemon, ['crm_node', '-n'])).toMatchObject(NODE_NAME);
      await provider[Symbol.asyncDispose]();
      expect((await tool.ended).exitCode).not.toBe(0);
      expect(await daemon.namespace.ended).toMatchObject({ status: 0 });
      expect(readdirSync(join(daemon.scratch, 'ipc'))).toEqual([]);
      expect(complaintsOf(daemon)).toEqual([]);
    },
  );

  it('lets none in where it is told so', async () => {
    await using daemon = await startDaemonWithTools({
      env: { BUNDLET_IPC: 'no' },
      firstWord: 'daemon.listening',
    });
    await using _provider = await serve(daemon);
    const { exitCode } = await runTool(daemon, ['crm_node', '-n']);
    expect(exitCode).not.toBe(0);
    expect(daemon.log().filter(({ event }) => event.startsWith('ipc.'))).toEqual([]);
  });
});

describe.skipIf(MISSING !== undefined)(`what local tools need (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it('names that another has are told once, and taken when they are free', { timeout: 60_000 }, async () => {
    const first = await startDaemonWithTools();
    await using second = await startDaemonWithTools({ firstWord: 'ipc.names-taken' });
    await using _provider = await serve(second);
    expect(await second.logged('ipc.names-taken')).toMatchObject([
      { level: 'warning', error: expect.stringMatching(/cib_ro.*network namespace/) },
    ]);
    // Half of the names would be no help: all are the first one's.
    expect(await runTool(second, ['crm_node', '-n'])).toMatchObject({ exitCode: 1 });
    await first[Symbol.asyncDispose]();
    await vi.waitFor(
      () => expect(second.log()).toContainEqual(expect.objectContaining({ event: 'ipc.listening' })),
      { timeout: 40_000, interval: 100 },
    );
    expect(await runTool(second, ['crm_node', '-n'])).toMatchObject(NODE_NAME);
    expect(complaintsOf(second)).toHaveLength(1);
  });

  it('room that is missing is told to tool and log, and used as soon as it is there', async () => {
    await using daemon = await startDaemonWithTools({ shm: 'size=200k' });
    await using provider = await serve(daemon);
    const { exitCode, stderr } = await runTool(daemon, ['crm_node', '-n']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('No space left') });
    await runTool(daemon, ['crm_node', '-n']);
    // Once, however many there are.
    expect(await daemon.logged('ipc.no-space')).toMatchObject([
      { directory: '/dev/shm', neededBytes: expect.any(Number) },
    ]);
    expect(sharedFiles(daemon).filter((name) => name.includes('/'))).toEqual([]);
    await until(() => provider.sessions.size === 0, 'no session to be left');
    await daemon.namespace.enter(['mount', '-o', 'remount,size=64m', '/dev/shm']);
    expect(await runTool(daemon, ['crm_node', '-n'])).toMatchObject(NODE_NAME);
  });

  it('a directory that is not there, or can not be written, is told; the daemon goes on', async () => {
    await using daemon = await startDaemonWithTools({
      env: { BUNDLET_IPC_DIRECTORY: '/nonexistent' },
      firstWord: 'ipc.no-directory',
    });
    await using _provider = await serve(daemon);
    expect((await runTool(daemon, ['crm_node', '-n'])).exitCode).not.toBe(0);
    expect(await daemon.logged('ipc.no-directory')).toMatchObject([
      { directory: '/nonexistent', text: expect.stringContaining('BUNDLET_IPC_DIRECTORY') },
    ]);
    await using readOnly = await startDaemonWithTools({
      prelude: 'mount -o remount,ro /dev/shm',
      firstWord: 'daemon.listening',
    });
    expect((await runTool(readOnly, ['crm_node', '-n'])).exitCode).not.toBe(0);
  });

  it('socket files are used where libqb is told to, and leave nothing', async () => {
    await using daemon = await startDaemonWithTools({ prelude: SOCKET_FILES });
    await using _provider = await serve(daemon);
    const root = `/proc/${daemon.namespace.initPid}/root/tmp`;
    expect(readdirSync(root)).toContain('cib_rw');
    expect(await runTool(daemon, ['crm_node', '-n'])).toMatchObject(NODE_NAME);
    // One that a killed daemon left is nobody's.
    killProcess(daemon.daemonPid(), 'SIGKILL');
    await daemon.logged('ipc.listening', 2);
    await using _again = await serve(daemon);
    expect(await runTool(daemon, ['crm_node', '-n'])).toMatchObject(NODE_NAME);
  });
});
