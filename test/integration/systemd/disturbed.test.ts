import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { type Systemd, startSystemd, titled, whyNoSystemd } from '../../helpers/systemd.ts';
import { installUnits, type Kit, makeKit, untilState } from './support.ts';

const why = whyNoSystemd();

describe.skipIf(why !== undefined)(titled('an operation while systemd is disturbed', why), () => {
  let systemd: Systemd;
  let kit: Kit;

  beforeAll(async () => {
    systemd = await startSystemd();
    await installUnits(systemd);
  });

  afterAll(() => systemd?.[Symbol.asyncDispose]());

  useAudit();

  beforeEach(() => {
    kit = makeKit(systemd.busAddress, systemd.units);
  });

  afterEach(() => kit[Symbol.asyncDispose]());

  it('outlives a systemd that executes itself anew in the middle of its job', async () => {
    const { end } = kit.begin('start', 'slow@3');
    await untilState(systemd, 'slow@3', 'activating');
    await systemd.enter('systemctl', 'daemon-reexec');
    expect(await end).toMatchObject({ rc: 0, status: 0 });
    expect(await kit.run('monitor', 'slow@3')).toMatchObject({ rc: 0, status: 0 });
    expect(await kit.run('stop', 'slow@3')).toMatchObject({ rc: 0, status: 0 });
  });

  it('is never told wrongly while systemd executes itself anew', async () => {
    expect(await kit.run('start', 'quick')).toMatchObject({ rc: 0 });
    const reexec = systemd.enter('systemctl', 'daemon-reexec').then(() => true);
    let isBack = false;
    reexec.then(() => {
      isBack = true;
    });
    const seen = new Set<string>();
    while (!isBack) {
      const { rc, status } = await kit.run('monitor', 'quick', { intervalMs: 1000 });
      seen.add(`${rc} ${status}`);
    }
    await reexec;
    // Active, or not known at this moment.
    expect([...seen].filter((result) => result !== '193 -1')).toEqual(['0 0']);
    expect(await kit.run('stop', 'quick')).toMatchObject({ rc: 0 });
  });

  it('fails with the bus, and the next one finds it again', async () => {
    expect(await kit.run('monitor', 'quick')).toMatchObject({ rc: 7 });
    const { end } = kit.begin('start', 'eternal');
    await untilState(systemd, 'eternal', 'activating');
    await systemd.enter('systemctl', 'kill', '--signal=KILL', 'dbus.service');
    expect(await end).toMatchObject({ rc: 1, status: 4, exitReason: 'No DBus connection' });
    expect(await kit.run('stop', 'eternal')).toMatchObject({ rc: 0, status: 0 });
    expect(await kit.run('monitor', 'eternal')).toMatchObject({ rc: 7 });
  });

  it('fails at once while there is no bus, and works when it is back', async () => {
    expect(await kit.run('monitor', 'quick')).toMatchObject({ rc: 7 });
    const socket = join(systemd.run, 'dbus/system_bus_socket');
    await systemd.enter('systemctl', 'stop', 'dbus.socket', 'dbus.service');
    await systemd.enter('rm', '-f', '/run/dbus/system_bus_socket');
    for (const name of ['start', 'monitor', 'stop']) {
      const result = await kit.run(name, 'quick');
      expect(result).toMatchObject({ rc: 1, status: 4, exitReason: 'No DBus connection' });
    }
    expect(await kit.runner.exists('quick')).toBe(false);
    await systemd.enter('systemctl', 'start', 'dbus.socket');
    await until(() => existsSync(socket), 'the socket of the bus');
    expect(await kit.run('start', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await kit.run('stop', 'quick')).toMatchObject({ rc: 0, status: 0 });
  });

  it('starts although its drop-in can not be written', async () => {
    const broken = makeKit(systemd.busAddress, '/dev/null');
    expect(await broken.run('start', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await broken.run('stop', 'quick')).toMatchObject({ rc: 0, status: 0 });
    await broken[Symbol.asyncDispose]();
  });

  it('that is cancelled leaves its job alone', async () => {
    const { running, end } = kit.begin('start', 'slow@1', { intervalMs: 1000 });
    await untilState(systemd, 'slow@1', 'activating');
    expect(running.kill()).toBeUndefined();
    expect(await end).toMatchObject({ status: 1 });
    await untilState(systemd, 'slow@1', 'active');
    expect(await kit.run('stop', 'slow@1')).toMatchObject({ rc: 0 });
  });
});
