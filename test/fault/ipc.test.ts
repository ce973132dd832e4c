import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useAudit } from '../helpers/audit.ts';
import { titled } from '../helpers/systemd.ts';
import { type ServerState, World, whyNoWorld } from '../integration/ipc/world.ts';

const OK = { status: 0, output: 'ok\n' };
/** More than V8 keeps in hand for such a storm, and less than one leaked connection in each round would take. */
const SLACK_BYTES = 20_000_000;

useAudit();

describe.skipIf(whyNoWorld !== undefined)(
  titled('local services, whatever a client does', whyNoWorld),
  () => {
    let world: World;
    let base: ServerState;

    beforeAll(async () => {
      world = await World.start();
      await world.client('echo', '131072', 'many', '20', '20');
      base = await world.isEmpty();
    });

    afterAll(async () => {
      await world[Symbol.asyncDispose]();
    });

    /** Nothing is left of the others, and the next one is served. */
    async function isSound(): Promise<void> {
      expect(await world.client('echo', '131072', 'echo', '2', '1', '100', '131072')).toEqual(OK);
      const after = await world.isEmpty();
      expect(after.descriptors).toBe(base.descriptors);
      expect(after.rssBytes - base.rssBytes).toBeLessThan(SLACK_BYTES);
      expect(world.count('ipc.handler-failed')).toBe(0);
    }

    it('killed in mid-request, a hundred times', async () => {
      for (let round = 0; round < 10; round += 1) {
        // Ten at once wait for an answer that never comes, or for one that they don't read.
        const clients = Array.from({ length: 10 }, (_, index) =>
          world.hold([], 'echo', '131072', 'ask-and-hold', String(index % 4), '200', '2000'),
        );
        await Promise.all(clients.map((client) => client.said('connected')));
        for (const client of clients) {
          client.kill();
        }
        await Promise.all(clients.map(({ ended }) => ended));
      }
      await isSound();
    }, 120_000);

    it('sends garbage, 600 times: no set-up, no message, bytes that announce nothing', async () => {
      expect(await world.client('echo', '131072', 'garbage', '600')).toEqual(OK);
      expect(world.count('ipc.dropped')).toBeGreaterThan(200);
      await isSound();
    });

    it.each([
      ['request-echo-header', 'overwrite'],
      ['response-echo-header', 'overwrite'],
      ['event-echo-header', 'overwrite'],
      ['request-echo-header', 'truncate'],
      ['response-echo-header', 'truncate'],
      ['event-echo-header', 'truncate'],
      ['request-echo-data', 'truncate'],
    ])('spoils %s (%s) and is dropped', async (file, how) => {
      const before = world.count('ipc.dropped');
      expect(await world.client('echo', '131072', 'spoil', file, how)).toEqual({
        status: 0,
        output: 'dropped\n',
      });
      await world.happened('ipc.dropped', before + 1);
      await isSound();
    });

    it('cuts its responses short, which costs only itself', async () => {
      expect(await world.client('echo', '131072', 'spoil', 'response-echo-data', 'truncate')).toEqual(OK);
      await isSound();
    });

    it.each(['request-echo-header', 'request-echo-data', 'response-echo-data', 'event-echo-header'])(
      'removes %s, which works to the end',
      async (file) => {
        expect(await world.client('echo', '131072', 'spoil', file, 'unlink')).toEqual(OK);
        await isSound();
      },
    );

    it('keeps its files from being removed, which is told and costs nobody else anything', async () => {
      await using other = await World.start();
      const client = other.hold([], 'echo', '131072', 'hold');
      await client.said('connected');
      await other.run(['sh', '-c', 'mount -t tmpfs tmpfs /dev/shm/bundlet-ipc-*/qb-*']).ended;
      client.release();
      await other.happened('ipc.purge-failed');
      await client.ended;
      expect(await other.client('echo', '131072', 'echo', '1', '100')).toEqual(OK);
      expect(await other.stop()).toMatchObject({ open: 0, mappings: 0 });
    });

    it('says nothing at all: it is cut off after a while, and nobody waits for it', async () => {
      await using hasty = await World.start({ env: { ECHO_HASTE: '50' } });
      const silent = hasty.hold([], 'echo', '0', 'silent');
      await silent.said('cut off');
      expect(hasty.count('ipc.opened')).toBe(0);
      await hasty.isEmpty();
      expect((await silent.ended).status).toBe(0);
    });

    it('keeps no other waiting when many strangers say nothing', async () => {
      const stranger = ['--reuid=65534', '--regid=65534', '--clear-groups'];
      const silent = Array.from({ length: 40 }, () => world.hold(stranger, 'echo', '0', 'silent'));
      expect(await world.client('echo', '131072', 'echo', '1', '100')).toEqual(OK);
      for (const one of silent) {
        await one.said('cut off');
        await one.ended;
      }
      await isSound();
    });
  },
);
