import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { titled } from '../../helpers/systemd.ts';
import { type MockBus, startMockBus, whyNoMock } from './mock-bus.ts';
import { type Kit, makeKit } from './support.ts';

const why = whyNoMock();

const SLEEP = 'import time; time.sleep(3600)';
const JOB = "ret = '/org/freedesktop/systemd1/job/1'";
const JOB_DONE =
  "self.EmitSignal('org.freedesktop.systemd1.Manager', 'JobRemoved', 'uoss', [dbus.UInt32(1), dbus.ObjectPath('/org/freedesktop/systemd1/job/1'), 'web.service', 'done'])";

const TIMED_OUT = { rc: 1, status: 2 };
const REFUSED = { rc: 1, status: 4, exitReason: 'Unable to invoke systemd DBus method' };
const NO_BUS = { rc: 1, status: 4, exitReason: 'No DBus connection' };

describe.skipIf(why !== undefined)(titled('an operation when systemd misbehaves', why), () => {
  let bus: MockBus;
  let kit: Kit;

  useAudit();

  beforeEach(async () => {
    bus = await startMockBus();
    kit = makeKit(bus.address, bus.directory);
  });

  afterEach(async () => {
    await kit?.[Symbol.asyncDispose]();
    await bus?.[Symbol.asyncDispose]();
  });

  it('works when it does not', async () => {
    await bus.method('StartUnit', ['ss', 'o'], `${JOB_DONE}; ${JOB}`);
    // The signal precedes the reply.
    expect(await kit.run('start', 'web')).toMatchObject({ rc: 0, status: 0 });
    expect(await kit.run('monitor', 'web')).toMatchObject({ rc: 0, status: 0 });
  });

  it.each(['LoadUnit', 'Reload', 'StartUnit'])('ends though %s is never answered', async (name) => {
    await bus.method('StartUnit', ['ss', 'o'], JOB);
    const types = { LoadUnit: ['s', 'o'], Reload: ['', ''], StartUnit: ['ss', 'o'] } as const;
    await bus.method(name, types[name as keyof typeof types], SLEEP);
    expect(await kit.run('start', 'web', { timeoutMs: 100 })).toMatchObject(TIMED_OUT);
  });

  it('ends though nobody tells how its job ended', async () => {
    await bus.method('StartUnit', ['ss', 'o'], JOB);
    // There is no such job any more, and the unit runs.
    expect(await kit.run('start', 'web', { timeoutMs: 20_000 })).toMatchObject({ rc: 0, status: 0 });
  });

  it('takes no notice of an answer that comes after the deadline', async () => {
    await bus.method('LoadUnit', ['s', 'o'], "import time; time.sleep(6); ret = '/org/freedesktop/systemd1'");
    expect(await kit.run('monitor', 'web', { timeoutMs: 100 })).toMatchObject(TIMED_OUT);
    await bus.method('LoadUnit', ['s', 'o'], "ret = '/org/freedesktop/systemd1'");
    expect(await kit.run('monitor', 'web')).toMatchObject({ rc: 0, status: 0 });
  });

  it.each([
    ['LoadUnit', ['s', 'i'], 'ret = 5'],
    ['LoadUnit', ['s', ''], ''],
    ['StartUnit', ['ss', 'as'], "ret = ['a', 'b']"],
    ['StartUnit', ['ss', ''], ''],
  ] as const)('is refused when %s answers %j', async (name, types, code) => {
    await bus.method('StartUnit', ['ss', 'o'], `${JOB_DONE}; ${JOB}`);
    await bus.method(name, types, code);
    expect(await kit.run('start', 'web')).toMatchObject({
      ...REFUSED,
      output: expect.stringContaining('UnexpectedReply: expected the path'),
    });
  });

  it('is refused when a property is of another type', async () => {
    await bus.property('ActiveState', 'int32:5');
    expect(await kit.run('monitor', 'web')).toMatchObject(REFUSED);
  });

  it('is refused with the words of an error', async () => {
    const raise = "raise dbus.exceptions.DBusException('not today', name='org.example.Whim')";
    await bus.method('LoadUnit', ['s', 'o'], raise);
    for (const name of ['start', 'stop', 'monitor', 'reload']) {
      expect(await kit.run(name, 'web')).toMatchObject({ ...REFUSED, output: 'org.example.Whim: not today' });
    }
    expect(await kit.runner.exists('web')).toBe(false);
  });

  it('gives no list where the list is none', async () => {
    await bus.method('ListUnitFiles', ['', 's'], "ret = 'none'");
    await expect(kit.runner.agents()).rejects.toMatchObject({ code: 'BUS_CALL_FAILED' });
  });

  it('fails when the bus dies in the middle of a call', async () => {
    await bus.method('LoadUnit', ['s', 'o'], SLEEP);
    expect((await kit.run('monitor', 'web', { timeoutMs: 100 })).status).toBe(2);
    const { end } = kit.begin('stop', 'web');
    await bus.killBus();
    expect(await end).toMatchObject(NO_BUS);
    expect(await kit.run('monitor', 'web')).toMatchObject(NO_BUS);
  });

  it('does not believe a job of which somebody else tells', async () => {
    await bus.method('StartUnit', ['ss', 'o'], JOB);
    await bus.property('ActiveState', 'string:failed');
    const { end } = kit.begin('start', 'web', { timeoutMs: 20_000 });
    let isOver = false;
    end.then(() => {
      isOver = true;
    });
    await bus.forge('JobRemoved', [
      'uint32:1',
      'objpath:/org/freedesktop/systemd1/job/1',
      'string:web',
      'string:done',
    ]);
    expect(isOver).toBe(false);
    // That the job is gone is found by looking.
    expect(await end).toMatchObject({ rc: 1, status: 4 });
  });
});

describe.skipIf(why !== undefined)(titled('an operation on a bus without systemd', why), () => {
  useAudit();

  it('fails at once', async () => {
    const bus = await startMockBus(false);
    const kit = makeKit(bus.address, bus.directory);
    expect(await kit.run('start', 'web')).toMatchObject(NO_BUS);
    await kit[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
  });
});

describe('an operation on something that is no bus', () => {
  const sockets = new Set<Socket>();

  useAudit();

  it.each([
    ['says nothing', ''],
    ['refuses everybody', 'REJECTED EXTERNAL\r\n'],
    ['talks nonsense', 'OK 1234deadbeef\r\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'],
  ])('that %s fails within its limit', async (_what, greeting) => {
    const bus = mkdtempSync(join(tmpdir(), 'bundlet-no-bus-'));
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(greeting);
    });
    await new Promise<void>((listening) => server.listen(join(bus, 'bus'), listening));
    const kit = makeKit(`unix:path=${join(bus, 'bus')}`, bus);
    expect(await kit.run('monitor', 'web')).toMatchObject(NO_BUS);
    await kit[Symbol.asyncDispose]();
    for (const socket of sockets) {
      socket.destroy();
    }
    sockets.clear();
    await new Promise((closed) => server.close(closed));
    rmSync(bus, { recursive: true });
  });
});
