import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { REMOTE_NODE } from '../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster, type FakeRequest } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { killProcess, until } from '../../helpers/pid-namespace.ts';
import {
  MISSING,
  programOf,
  runTool,
  serve,
  startDaemonWithTools,
  startTool,
  watchTidiness,
} from './support.ts';

const ASK = ['attrd_updater', '-n', 'a', '-U', '1'];

/** A cluster that answers nothing that its attribute manager is asked. */
const silentCluster = (): FakeCluster =>
  new FakeCluster({ override: ({ server }) => (server === 'attrd' ? [] : undefined) });

/** Waits until a tool has asked. */
async function question({ requests }: FakeCluster): Promise<FakeRequest> {
  const found = (): FakeRequest | undefined => requests.find(({ server }) => server === 'attrd');
  await until(() => found() !== undefined, 'the question to be there');
  return found() as FakeRequest;
}

describe.skipIf(MISSING !== undefined)(`tools and those who serve them (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it('are served by the newest one, and by the one before when that has left', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster();
    await using first = await serve(daemon, cluster, { name: 'first' });
    const tidy = await watchTidiness(daemon);
    await until(() => first.sessions.size === 0, 'the session to be over');
    {
      await using second = await serve(daemon, cluster, { name: 'second' });
      const before = first.heard.length;
      expect(await runTool(daemon, ASK)).toMatchObject({ exitCode: 0 });
      await until(() => second.heard.length === 3, 'the session to be over');
      expect(second.heard.map(({ op }) => op)).toEqual(['new', 'request', 'destroy']);
      expect(first.heard).toHaveLength(before);
    }
    await daemon.logged('session.ended');
    expect(await runTool(daemon, ASK)).toMatchObject({ exitCode: 0 });
    await until(() => first.heard.at(-1)?.op === 'destroy', 'the session to be over');
    expect(first.heard.slice(-3).map(({ op }) => op)).toEqual(['new', 'request', 'destroy']);
    await tidy();
  });

  it('end when their own one leaves with a question unanswered, though another is there', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = silentCluster();
    await using _first = await serve(daemon, new FakeCluster(), { name: 'first' });
    const tidy = await watchTidiness(daemon);
    const second = await serve(daemon, cluster, { name: 'second' });
    const tool = startTool(daemon, ASK);
    await question(cluster);
    await second[Symbol.asyncDispose]();
    const { exitCode, ms } = await tool.ended;
    expect(exitCode).not.toBe(0);
    expect(ms).toBeLessThan(5000);
    await tidy();
  });

  it('end when the cluster ends their session', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = silentCluster();
    await using provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    const tool = startTool(daemon, ASK);
    const { session } = await question(cluster);
    await provider.destroy(session);
    const { exitCode, ms } = await tool.ended;
    expect(exitCode).not.toBe(0);
    expect(ms).toBeLessThan(5000);
    await tidy();
  });

  it('are not disturbed by events and answers that nobody asked for', async () => {
    await using daemon = await startDaemonWithTools();
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const cluster = new FakeCluster({ override: ({ server }) => (server === 'attrd' ? held : undefined) });
    await using provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    const tool = startTool(daemon, ASK);
    const { session } = await question(cluster);
    for (let count = 0; count < 20; count += 1) {
      await provider.event(session, '<nothing/>');
      await provider.client.forward({ op: 'response', session, messageId: 1000, message: '<ack/>' });
    }
    release(undefined);
    expect(await tool.ended).toMatchObject({ exitCode: 0 });
    expect(cluster.attributes.get('a')?.get(REMOTE_NODE)).toBe('1');
    await tidy();
  });

  it('and those who are killed leave nothing behind', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = silentCluster();
    await using provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGKILL', 'SIGKILL'] as const) {
      cluster.requests.length = 0;
      const tool = startTool(daemon, ASK);
      await question(cluster);
      killProcess(programOf(tool), signal);
      await tool.ended;
    }
    await until(() => provider.sessions.size === 0, 'the cluster to hear that they have left');
    await tidy();
  });
});
