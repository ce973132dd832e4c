import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { titled } from '../../helpers/systemd.ts';
import { HACLUSTER, World, whyNoWorld } from './world.ts';

const { uid, gid } = HACLUSTER;

useAudit();

describe.skipIf(whyNoWorld !== undefined)(titled('who may connect', whyNoWorld), () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
  });

  afterEach(async () => {
    await world.isEmpty();
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  it.each([
    ['root', ['--reuid=0', '--regid=65534', '--clear-groups']],
    ['hacluster', [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']],
    ['hacluster without its group', [`--reuid=${uid}`, '--regid=65534', '--clear-groups']],
    ['a member of haclient', ['--reuid=4000', `--regid=${gid}`, '--clear-groups']],
    [
      'a member of haclient by a supplementary group',
      ['--reuid=4000', '--regid=4000', `--groups=5,${gid},7`],
    ],
    [
      'a member of haclient with very many groups',
      [
        '--reuid=4000',
        '--regid=4000',
        `--groups=${Array.from({ length: 300 }, (_, n) => 5000 + n).join()},${gid}`,
      ],
    ],
  ])('%s may, and works', async (_who, as) => {
    const end = await world.clientAs(as, 'echo', '131072', 'echo', '3', '1', '100', '131072');
    expect(end).toEqual({ status: 0, output: 'ok\n' });
  });

  it('nobody who may connect can put anything where the daemon removes it', async () => {
    const as = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
    const client = world.hold(as, 'echo', '131072', 'hold');
    await client.said('connected');
    const directory = (await world.state()).files.find((file) => /^[^/]+\/[^/]+$/.test(file));
    const make = ['setpriv', ...as, '--', 'mkdir', `/dev/shm/${directory}/trap`];
    expect((await world.run(make).ended).output).toContain('Permission denied');
    client.release();
    expect((await client.ended).status).toBe(0);
  });

  it.each([
    ['nobody', ['--reuid=65534', '--regid=65534', '--clear-groups']],
    ['a user with the group root', ['--reuid=4000', '--regid=0', '--groups=0,4']],
  ])('%s may not, is told so, and nothing is made', async (_who, as) => {
    const before = await world.state();
    expect(await world.clientAs(as, 'echo', '131072', 'echo', '1', '100')).toEqual({
      status: 2,
      output: 'connect: Permission denied\n',
    });
    expect(world.last('ipc.refused')).toMatchObject({ service: 'echo' });
    expect((await world.isEmpty()).files).toEqual(before.files);
  });

  it('a stranger who comes again and again is told of once', async () => {
    const as = ['--reuid=4711', '--regid=65534', '--clear-groups'];
    for (let round = 0; round < 3; round += 1) {
      expect((await world.clientAs(as, 'echo', '131072', 'echo', '1', '100')).status).toBe(2);
    }
    const told = world.events.filter(({ event, uid: who }) => event === 'ipc.refused' && who === 4711);
    expect(told).toHaveLength(1);
  });

  it('a crowd of others that says nothing does not keep root from asking', async () => {
    const as = ['--reuid=4000', `--regid=${gid}`, '--clear-groups'];
    const crowd = world.hold(as, 'echo', '0', 'crowd', '600');
    await crowd.said('connected');
    expect(await world.client('echo', '131072', 'echo', '1', '100')).toEqual({ status: 0, output: 'ok\n' });
    crowd.release();
    expect((await crowd.ended).status).toBe(0);
  });

  it('files are of root alone for root, and of the group for others, in a directory that nobody can list', async () => {
    const list = async (as: readonly string[]): Promise<string> => {
      const client = world.hold(as, 'echo', '131072', 'hold');
      await client.said('connected');
      const find = world.run(['find', '/dev/shm', '-mindepth', '1', '-printf', '%M %U:%G %s %f\\n']);
      const { output } = await find.ended;
      client.release();
      await client.ended;
      await world.isEmpty();
      return output.replaceAll(/(bundlet-ipc|qb)-\w{6}$/gm, '$1');
    };
    const mode = (text: string, owner: string) =>
      ['request', 'response', 'event'].flatMap((ring) => [
        `${text} ${owner} 135168 qb-${ring}-echo-data`,
        `${text} ${owner} ${ring === 'request' ? 8252 : 8248} qb-${ring}-echo-header`,
      ]);
    const lines = (text: string): string[] => text.trim().split('\n').sort();
    expect(lines(await list([]))).toEqual(
      ['drwx--x--x 0:0 60 bundlet-ipc', 'drwx--x--x 0:0 160 qb', ...mode('-rw-------', '0:0')].sort(),
    );
    expect(lines(await list(['--reuid=4000', `--regid=${gid}`, '--clear-groups']))).toEqual(
      ['drwx--x--x 0:0 60 bundlet-ipc', 'drwx--x--x 0:0 160 qb', ...mode('-rw-rw----', `0:${gid}`)].sort(),
    );
  });

  it('others than root have a hundred connections, and root still gets in', async () => {
    const as = ['--reuid=4000', `--regid=${gid}`, '--clear-groups'];
    const held = Array.from({ length: 100 }, () => world.hold(as, 'echo', '131072', 'hold'));
    await Promise.all(held.map((client) => client.said('connected')));
    expect(world.count('ipc.full')).toBe(0);
    const waiting = world.hold(as, 'echo', '131072', 'hold');
    await world.happened('ipc.full');
    expect(await world.client('echo', '131072', 'echo', '1', '100')).toEqual({ status: 0, output: 'ok\n' });
    held[0]?.release();
    await waiting.said('connected');
    for (const client of [...held, waiting]) {
      client.release();
    }
    await Promise.all([...held, waiting].map(({ ended }) => ended));
  });
});
