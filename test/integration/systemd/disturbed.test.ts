import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../helpers/pid-namespace.ts';
import { titled, whyNoSystemd } from '../../helpers/systemd.ts';
import { makeKit, untilState, useSystemd } from './support.ts';

const why = whyNoSystemd();

describe.skipIf(why !== undefined)(titled('an operation while systemd is disturbed', why), () => {
  const beside = useSystemd();

  it('outlives a systemd that executes itself anew in the middle of its job', async () => {
    const { end } = beside.kit.begin('start', 'slow@3');
    await untilState(beside.systemd, 'slow@3', 'activating');
    await beside.systemd.enter('systemctl', 'daemon-reexec');
    expect(await end).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('monitor', 'slow@3')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('stop', 'slow@3')).toMatchObject({ rc: 0, status: 0 });
  });

  it('is never told wrongly while systemd executes itself anew', async () => {
    expect(await beside.kit.run('start', 'quick')).toMatchObject({ rc: 0 });
    const reexec = beside.systemd.enter('systemctl', 'daemon-reexec').then(() => true);
    let isBack = false;
    reexec.then(() => {
      isBack = true;
    });
    const seen = new Set<string>();
    while (!isBack) {
      const { rc, status } = await beside.kit.run('monitor', 'quick', { intervalMs: 1000 });
      seen.add(`${rc} ${status}`);
    }
    await reexec;
    // Active, or not known at this moment.
    expect([...seen].filter((result) => result !== '193 -1')).toEqual(['0 0']);
    expect(await beside.kit.run('stop', 'quick')).toMatchObject({ rc: 0 });
  });

  it('fails with the bus, and the next one finds it again', async () => {
    expect(await beside.kit.run('monitor', 'quick')).toMatchObject({ rc: 7 });
    const { end } = beside.kit.begin('start', 'eternal');
    await untilState(beside.systemd, 'eternal', 'activating');
    await beside.systemd.enter('systemctl', 'kill', '--signal=KILL', 'dbus.service');
    expect(await end).toMatchObject({ rc: 1, status: 4, exitReason: 'No DBus connection' });
    expect(await beside.kit.run('stop', 'eternal')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('monitor', 'eternal')).toMatchObject({ rc: 7 });
  });

  it('fails at once while there is no bus, and works when it is back', async () => {
    expect(await beside.kit.run('monitor', 'quick')).toMatchObject({ rc: 7 });
    const socket = join(beside.systemd.run, 'dbus/system_bus_socket');
    await beside.systemd.enter('systemctl', 'stop', 'dbus.socket', 'dbus.service');
    await beside.systemd.enter('rm', '-f', '/run/dbus/system_bus_socket');
    for (const name of ['start', 'monitor', 'stop']) {
      const result = await beside.kit.run(name, 'quick');
      expect(result).toMatchObject({ rc: 1, status: 4, exitReason: 'No DBus connection' });
    }
    expect(await beside.kit.runner.exists('quick')).toBe(false);
    await beside.systemd.enter('systemctl', 'start', 'dbus.socket');
    await until(() => existsSync(socket), 'the socket of the bus');
    expect(await beside.kit.run('start', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('stop', 'quick')).toMatchObject({ rc: 0, status: 0 });
  });

  it('starts although its drop-in can not be written', async () => {
    const broken = makeKit(beside.systemd.busAddress, '/dev/null');
    expect(await broken.run('start', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await broken.run('stop', 'quick')).toMatchObject({ rc: 0, status: 0 });
    await broken[Symbol.asyncDispose]();
  });

  it('that is cancelled leaves its job alone', async () => {
    const { running, end } = beside.kit.begin('start', 'slow@1', { intervalMs: 1000 });
    await untilState(beside.systemd, 'slow@1', 'activating');
    expect(running.kill()).toBeUndefined();
    expect(await end).toMatchObject({ status: 1 });
    await untilState(beside.systemd, 'slow@1', 'active');
    expect(await beside.kit.run('stop', 'slow@1')).toMatchObject({ rc: 0 });
  });
});
