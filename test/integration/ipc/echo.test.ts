import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { titled } from '../../helpers/systemd.ts';
import { World, whyNoWorld } from './world.ts';

const OK = { status: 0, output: 'ok\n' };

useAudit();

describe.skipIf(whyNoWorld !== undefined)(titled('a client of libqb', whyNoWorld), () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start({ shmSize: '256m' });
  });

  afterEach(async () => {
    await world.isEmpty();
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  it('gets back what it sent, from one byte to the largest message', async () => {
    const sizes = ['1', '2', '3', '4', '5', '17', '100', '4095', '4096', '65000', '131071', '131072'];
    expect(await world.client('echo', '131072', 'echo', '10', ...sizes)).toEqual(OK);
  });

  it.each([
    ['0', '131072'],
    ['131072', '131072'],
    ['131073', '131073'],
    ['524288', '524288'],
    ['20971520', '20971520'],
    ['30000000', '20971520'],
  ])('that asks for messages of %s bytes is granted %s', async (asked, granted) => {
    expect(await world.client('echo', asked, 'size')).toEqual({ status: 0, output: `${granted}\nok\n` });
  });

  it('uses all of a large buffer', async () => {
    expect(await world.client('echo', '5300000', 'echo', '2', '5300000', '1000')).toEqual(OK);
  });

  it('is answered with more than the ring holds', async () => {
    expect(await world.client('echo', '131072', 'responses', '100', '131072', '0')).toEqual(OK);
    expect(await world.client('echo', '131072', 'responses', '5000', '1024', '0')).toEqual(OK);
  });

  it('that is slow gets 20,000 events, all and in order', async () => {
    expect(await world.client('echo', '131072', 'events', '20000', '1024', '1000')).toEqual(OK);
  });

  it('that is far behind with its events is answered what it asks', async () => {
    expect(await world.client('echo', '131072', 'behind', '400', '1024')).toEqual(OK);
  });

  it('is told why it is refused', async () => {
    expect(await world.client('refusing', '131072', 'size')).toEqual({
      status: 2,
      output: 'connect: Remote I/O error\n',
    });
    expect(world.last('ipc.declined')).toMatchObject({ service: 'refusing', errno: -121, uid: 0 });
  });

  it('is one of 200 that come at once, and all are served', async () => {
    expect(await world.client('echo', '131072', 'many', '200', '20')).toEqual({
      status: 0,
      output: '200 of 200\n',
    });
  });

  it('costs nothing for ever: descriptors and memory are back at the base', async () => {
    const base = await world.isEmpty();
    for (let round = 0; round < 3; round += 1) {
      await world.client('echo', '131072', 'many', '100', '10');
    }
    const after = await world.isEmpty();
    expect(after.descriptors).toBe(base.descriptors);
    expect(after.rssBytes - base.rssBytes).toBeLessThan(20_000_000);
  });
});

describe.skipIf(whyNoWorld !== undefined)(titled('the server', whyNoWorld), () => {
  it('keeps a client waiting while it is full, and lets it in when another leaves', async () => {
    await using world = await World.start();
    const held = Array.from({ length: 150 }, () => world.hold([], 'echo', '131072', 'hold'));
    await world.happened('ipc.opened', 150);
    const waiting = world.hold([], 'echo', '131072', 'hold');
    await world.happened('ipc.full');
    held[0]?.release();
    await waiting.said('connected');
    expect(world.count('ipc.full')).toBe(1);
    // Its place is taken: the next one waits in vain, and is told to come again.
    expect(await world.client('echo', '131072', 'size')).toEqual({
      status: 2,
      output: 'connect: Resource temporarily unavailable\n',
    });
    for (const one of [...held, waiting]) {
      one.release();
    }
    await Promise.all([...held, waiting].map(({ ended }) => ended));
    await world.isEmpty();
    expect(await world.client('echo', '131072', 'echo', '1', '100')).toEqual(OK);
  });

  it('gives everything back when it stops, with clients there', async () => {
    await using world = await World.start();
    const held = Array.from({ length: 5 }, () => world.hold([], 'echo', '131072', 'hold'));
    await world.happened('ipc.opened', 5);
    expect(await world.stop()).toMatchObject({ open: 0, mappings: 0, files: [] });
    for (const one of held) {
      one.release();
      await one.ended;
    }
  });

  it('drops a client whose handler fails, tells it once, and serves the others', async () => {
    await using world = await World.start();
    const other = world.hold([], 'echo', '131072', 'ask-and-hold', '3', '0', '0');
    await other.said('connected');
    const failing = world.hold([], 'echo', '131072', 'ask-and-hold', '4', '0', '0');
    await world.happened('ipc.handler-failed');
    await world.happened('ipc.closed');
    failing.release();
    other.release();
    await Promise.all([failing.ended, other.ended]);
    expect(world.count('ipc.handler-failed')).toBe(1);
    expect(world.last('ipc.handler-failed')).toMatchObject({ error: 'As the client asked for' });
    expect(await world.client('echo', '131072', 'echo', '1', '100')).toEqual(OK);
  });

  it('ends a connection when its owner says so', async () => {
    await using world = await World.start();
    const client = world.hold([], 'echo', '131072', 'ask-and-hold', '5', '0', '0');
    await world.happened('ipc.closed');
    expect(world.last('ipc.closed')).toMatchObject({ service: 'echo', reason: 'As the client asked for' });
    await world.isEmpty();
    client.release();
    await client.ended;
    expect(world.count('ipc.dropped')).toBe(0);
  });

  it.each([
    ['more messages than allowed, and has taken none for 5 s', '2', '1000', '1024', /\d{3} messages/],
    ['more bytes than allowed', '1', '300', '131072', /It doesn't read/],
  ])('drops a client that has %s', async (_what, kind, count, bytes, reason) => {
    await using world = await World.start({ env: { ECHO_HASTE: '20' } });
    const client = world.hold([], 'echo', '131072', 'ask-and-hold', kind, count, bytes);
    await world.happened('ipc.dropped');
    expect(world.last('ipc.dropped')?.['reason']).toMatch(reason);
    await world.isEmpty();
    client.release();
    await client.ended;
  });
});
