import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { titled } from '../../helpers/systemd.ts';
import { World, whyNoWorld } from './world.ts';

const OK = { status: 0, output: 'ok\n' };
const ECHO = ['echo', '131072', 'echo', '1', '100'] as const;

useAudit();

describe.skipIf(whyNoWorld !== undefined)(titled('the directory of the files', whyNoWorld), () => {
  it('is full: who comes then is told so, who is in goes on, and it is said once', async () => {
    await using world = await World.start({ shmSize: '2m' });
    const held = Array.from({ length: 4 }, () => world.hold([], 'echo', '131072', 'hold'));
    await world.happened('ipc.opened', 4);
    const before = await world.state();
    for (let round = 0; round < 5; round += 1) {
      expect(await world.client(...ECHO)).toEqual({
        status: 2,
        output: 'connect: No space left on device\n',
      });
    }
    const after = await world.state();
    expect([after.files, after.descriptors, after.mappings]).toEqual([
      before.files,
      before.descriptors,
      before.mappings,
    ]);
    expect(world.count('ipc.no-space')).toBe(1);
    expect(world.last('ipc.no-space')).toMatchObject({ directory: '/dev/shm', neededBytes: 430_248 });
    held[0]?.release();
    await held[0]?.ended;
    await world.happened('ipc.closed');
    expect(await world.client(...ECHO)).toEqual(OK);
    for (const one of held) {
      one.release();
      expect((await one.ended).status).toBe(0);
    }
    await world.isEmpty();
  });

  it('is not there: it is said at start, tools are told, and it may come later', async () => {
    await using world = await World.start({ env: { ECHO_DIRECTORY: '/run/later' } });
    expect(world.last('ipc.no-directory')).toMatchObject({ directory: '/run/later' });
    expect(await world.client(...ECHO)).toEqual({
      status: 2,
      output: 'connect: No such file or directory\n',
    });
    await world.run(['mkdir', '/run/later']).ended;
    expect(await world.client(...ECHO)).toEqual(OK);
    await world.isEmpty();
  });

  it('is cleared by somebody else: who is in goes on, and the next ones are served', async () => {
    await using world = await World.start();
    const held = world.hold([], 'echo', '131072', 'hold');
    await held.said('connected');
    await world.run(['sh', '-c', 'rm -r /dev/shm/*']).ended;
    for (let round = 0; round < 2; round += 1) {
      expect(await world.client(...ECHO)).toEqual(OK);
    }
    held.release();
    expect((await held.ended).status).toBe(0);
    expect(await world.stop()).toMatchObject({ open: 0, mappings: 0, files: [] });
    expect(world.count('ipc.no-space') + world.count('ipc.purge-failed')).toBe(0);
  });

  it('holds what a killed daemon left, which the next one removes; what a live one has it leaves', async () => {
    await using world = await World.start();
    await using other = await World.start({ inside: world, env: { ECHO_NAME: 'other', ECHO_ALONE: 'yes' } });
    const mine = world.hold([], 'echo', '131072', 'hold');
    const its = other.hold([], 'other', '131072', 'hold');
    await Promise.all([mine.said('connected'), its.said('connected')]);
    expect((await other.state()).files.filter((file) => !file.includes('/'))).toHaveLength(2);
    // Ours, and none of a daemon's: another's, a file, and what only looks like it.
    await world.run([
      'sh',
      '-c',
      'cd /dev/shm && mkdir bundlet-ipc-alien other && chown 4000 bundlet-ipc-alien',
    ]).ended;
    await world.kill();
    await using third = await World.start({ inside: other });
    await third.happened('ipc.purged');
    expect(third.count('ipc.purged')).toBe(1);
    const left = (await third.state()).files.filter((file) => !file.includes('/'));
    expect(left).toContain('bundlet-ipc-alien');
    expect(left).toContain('other');
    expect(left).toHaveLength(3);
    mine.release();
    its.release();
    expect((await its.ended).status).toBe(0);
    await mine.ended;
  });
});

describe.skipIf(whyNoWorld !== undefined)(titled('names', whyNoWorld), () => {
  it('of which one is taken: none is offered, it is said once, and all are as soon as it is free', async () => {
    await using holder = await World.start();
    await using world = await World.start({ inside: holder, env: { ECHO_NAME: 'mine', ECHO_HASTE: '300' } });
    expect(world.last('ipc.names-taken')?.['error']).toMatch(/Expected the name refusing to be free/);
    const none = { status: 2, output: 'connect: Connection refused\n' };
    expect(await world.client('mine', '131072', 'size')).toEqual(none);
    await holder.client(...ECHO);
    await holder.stop();
    await world.happened('ipc.listening');
    expect(world.count('ipc.names-taken')).toBe(1);
    expect(await world.client('mine', '131072', 'echo', '1', '100')).toEqual(OK);
  });

  it('are given up at the end while they are tried', async () => {
    await using holder = await World.start();
    await using world = await World.start({ inside: holder });
    await world.stop();
    expect(await holder.client(...ECHO)).toEqual(OK);
  });
});

describe.skipIf(whyNoWorld !== undefined)(
  titled('socket files, where libqb is told to use them', whyNoWorld),
  () => {
    // Debian's libqb looks in /tmp alone, so the name has to be one that nobody else has there.
    const name = `bundlet-ipc-test-${process.pid}`;
    const env = { ECHO_NAME: name, ECHO_ALONE: 'yes' };
    const list = async (world: World): Promise<string> => {
      const { output } = await world.run(['find', '/tmp', '-maxdepth', '1', '-name', name, '-printf', '%M\n'])
        .ended;
      return output.trim();
    };

    it('work, are open to all, and are gone at the end', async () => {
      await using world = await World.start({ socketFiles: true, env });
      expect(await list(world)).toBe('srwxrwxrwx');
      expect(await world.client(name, '131072', 'echo', '3', '1', '131072')).toEqual(OK);
      await world.stop();
      expect(existsSync(`/tmp/${name}`)).toBe(false);
    });

    it('of a killed daemon are replaced, of a live one are not', async () => {
      await using world = await World.start({ socketFiles: true, env });
      await using late = await World.start({ inside: world, env });
      expect(late.last('ipc.names-taken')?.['error']).toMatch(/Expected the socket \/tmp\/.* to be free/);
      expect(await world.client(name, '131072', 'echo', '1', '1')).toEqual(OK);
      await world.kill();
      await using next = await World.start({ inside: late, env });
      expect(await next.client(name, '131072', 'echo', '1', '1')).toEqual(OK);
      await next.stop();
      expect(existsSync(`/tmp/${name}`)).toBe(false);
    });
  },
);
