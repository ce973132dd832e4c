import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../helpers/pid-namespace.ts';
import { titled, whyNoSystemd } from '../../helpers/systemd.ts';
import { installUnits, type Kit, untilState, useSystemd } from './support.ts';

const why = whyNoSystemd();

describe.skipIf(why !== undefined)(titled('a unit of a real systemd', why), () => {
  const beside = useSystemd();

  const dropIn = (unit: string): string => join(beside.systemd.units, `${unit}.d/50-pacemaker.conf`);

  it('is started, watched and stopped', async () => {
    expect(await beside.kit.run('monitor', 'quick')).toMatchObject({
      rc: 7,
      status: 0,
      exitReason: 'inactive',
    });
    expect(await beside.kit.run('start', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.systemd.show('quick', 'ActiveState')).toBe('active');
    expect(await beside.kit.run('status', 'quick')).toMatchObject({ rc: 0, status: 0 });
    // Once more changes nothing.
    expect(await beside.kit.run('start', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('stop', 'quick')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.systemd.show('quick', 'ActiveState')).toBe('inactive');
    expect(await beside.kit.run('stop', 'quick')).toMatchObject({ rc: 0, status: 0 });
  });

  it('has a drop-in while the cluster runs it', async () => {
    const before = process.umask(0o077);
    expect(await beside.kit.run('start', 'restarting')).toMatchObject({ rc: 0 });
    process.umask(before);
    const file = dropIn('restarting.service');
    expect(readFileSync(file, 'utf8')).toBe(
      '[Unit]\nDescription=Cluster Controlled restarting.service\nBefore=pacemaker.service pacemaker_remote.service\n\n[Service]\nRestart=no\n',
    );
    expect(statSync(file).mode & 0o7777).toBe(0o644);
    expect(statSync(join(file, '..')).mode & 0o7777).toBe(0o755);
    // systemd has read it before it started the unit, so it won't start it behind the cluster's back.
    expect(await beside.systemd.show('restarting', 'Restart')).toBe('no');
    await beside.systemd.enter('systemctl', 'kill', '--signal=KILL', 'restarting');
    await until(() => existsSync(file), 'the drop-in');
    let state: Awaited<ReturnType<Kit['run']>>;
    do {
      state = await beside.kit.run('monitor', 'restarting');
    } while (state.rc === 0);
    expect(state).toMatchObject({ rc: 7, status: 0, exitReason: 'failed' });
    expect(await beside.kit.run('stop', 'restarting')).toMatchObject({ rc: 0 });
    expect(existsSync(join(file, '..'))).toBe(false);
    expect(await beside.systemd.show('restarting', 'Restart')).toBe('always');
  });

  it('keeps the drop-ins of others', async () => {
    const other = join(beside.systemd.units, 'quick.service.d/mine.conf');
    await beside.kit.run('start', 'quick');
    await beside.systemd.enter('sh', '-c', 'echo "[Unit]" >/run/systemd/system/quick.service.d/mine.conf');
    await beside.kit.run('stop', 'quick');
    expect(existsSync(other)).toBe(true);
    expect(existsSync(dropIn('quick.service'))).toBe(false);
    await beside.systemd.enter('rm', '-r', '/run/systemd/system/quick.service.d');
  });

  it('that is no service gets no [Service]', async () => {
    expect(await beside.kit.run('start', 'tick.timer')).toMatchObject({ rc: 0, status: 0 });
    expect(readFileSync(dropIn('tick.timer'), 'utf8')).not.toContain('[Service]');
    expect(await beside.kit.run('monitor', 'tick.timer')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('stop', 'tick.timer')).toMatchObject({ rc: 0, status: 0 });
  });

  it('that takes its time is awaited, and pending meanwhile', async () => {
    const { end } = beside.kit.begin('start', 'slow@2');
    let seen: Awaited<ReturnType<Kit['run']>>;
    do {
      seen = await beside.kit.run('monitor', 'slow@2', { intervalMs: 1000 });
    } while (seen.rc === 7);
    expect(seen).toMatchObject({ rc: 193, status: -1 });
    // A probe waits until it is known.
    expect(await beside.kit.run('monitor', 'slow@2')).toMatchObject({ rc: 0, status: 0 });
    expect(await end).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('stop', 'slow@2')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.systemd.show('slow@2', 'ActiveState')).toBe('inactive');
  });

  it('that does not become what a probe waits for times the probe out', async () => {
    await beside.systemd.enter('systemctl', 'start', '--no-block', 'eternal');
    expect(await beside.kit.run('monitor', 'eternal', { timeoutMs: 300 })).toMatchObject({
      rc: 1,
      status: 2,
      exitReason: 'Investigate reason for timeout, and adjust configured operation timeout if necessary',
    });
    expect(await beside.kit.run('stop', 'eternal')).toMatchObject({ rc: 0, status: 0 });
  });

  it('whose start takes too long is told 5 s after the timeout, and stops', async () => {
    expect(await beside.kit.run('start', 'eternal', { timeoutMs: 100 })).toMatchObject({ rc: 1, status: 2 });
    expect(await beside.kit.run('stop', 'eternal')).toMatchObject({ rc: 0, status: 0 });
  });

  it.each([
    ['that fails', 'failing', 1, 4, "systemd start job for failing.service failed with result 'failed'"],
    [
      'whose dependency fails',
      'dependent',
      1,
      4,
      "systemd start job for dependent.service failed with result 'dependency'",
    ],
    [
      'that systemd gives up on',
      'impatient',
      1,
      4,
      "systemd start job for impatient.service failed with result 'failed'",
    ],
    ['whose job has a limit', 'overdue', 1, 2, 'systemd start job for overdue.service timed out'],
    ['that has no program', 'no-program', 1, 4, 'Unable to invoke systemd DBus method'],
    ['that does not exist', 'pancakes', 5, 7, 'systemd unit pancakes.service not found'],
    ['with an impossible name', '../../etc/passwd', 5, 7, 'systemd unit ../../etc/passwd.service not found'],
  ])('%s is not started', async (_what, type, rc, status, exitReason) => {
    expect(await beside.kit.run('start', type)).toMatchObject({ rc, status, exitReason });
    expect(await beside.kit.run('stop', type)).toMatchObject({ rc: 0, status: 0 });
    expect(existsSync(dropIn(`${type}.service`))).toBe(false);
    expect(['inactive', 'failed', '']).toContain(
      await beside.systemd.show(`${type}.service`, 'ActiveState').catch(() => ''),
    );
  });

  it('whose program is missing starts and is not there', async () => {
    // A simple service counts as started with the fork; with the exec that fails it is gone.
    expect((await beside.kit.run('start', 'missing-program')).status).toBe(0);
    expect(await beside.kit.run('monitor', 'missing-program')).toMatchObject({ rc: 7, exitReason: 'failed' });
    expect(await beside.kit.run('stop', 'missing-program')).toMatchObject({ rc: 0 });
  });

  it('that runs once is not running afterwards, unless it remains', async () => {
    expect(await beside.kit.run('start', 'once')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('monitor', 'once')).toMatchObject({ rc: 7, exitReason: 'inactive' });
    await beside.kit.run('stop', 'once');
    expect(await beside.kit.run('start', 'once-and-stay')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('monitor', 'once-and-stay')).toMatchObject({ rc: 0 });
    expect(await beside.kit.run('stop', 'once-and-stay')).toMatchObject({ rc: 0 });
  });

  it('is restarted and reloaded', async () => {
    await beside.kit.run('start', 'reloading');
    const before = await beside.systemd.show('reloading', 'MainPID');
    expect(await beside.kit.run('reload', 'reloading')).toMatchObject({ rc: 0, status: 0 });
    expect(existsSync(join(beside.systemd.run, 'was-reloaded'))).toBe(true);
    expect(await beside.systemd.show('reloading', 'MainPID')).toBe(before);
    expect(await beside.kit.run('restart', 'reloading')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.systemd.show('reloading', 'MainPID')).not.toBe(before);
    expect(await beside.kit.run('stop', 'reloading')).toMatchObject({ rc: 0 });
  });

  it('knows no other action', async () => {
    expect(await beside.kit.run('promote', 'quick')).toMatchObject({
      rc: 3,
      status: 4,
      exitReason: 'Action promote not implemented for systemd resources',
    });
  });

  it('that is masked is not started, and stops', async () => {
    await beside.systemd.enter('ln', '-sf', '/dev/null', '/run/systemd/system/once.service');
    await beside.systemd.enter('systemctl', 'daemon-reload');
    expect(await beside.kit.run('start', 'once')).toMatchObject({
      rc: 1,
      status: 4,
      exitReason: 'Unable to invoke systemd DBus method',
      output: expect.stringContaining('masked'),
    });
    expect(await beside.kit.runner.exists('once')).toBe(true);
    expect(await beside.kit.run('stop', 'once')).toMatchObject({ rc: 0 });
    await beside.systemd.enter('rm', '/run/systemd/system/once.service');
    await installUnits(beside.systemd);
  });

  it('whose file goes while it runs is watched and stopped', async () => {
    await beside.systemd.install({ 'vanishing.service': '[Service]\nExecStart=/bin/sleep 3600\n' });
    expect(await beside.kit.run('start', 'vanishing')).toMatchObject({ rc: 0 });
    await beside.systemd.enter('rm', '/run/systemd/system/vanishing.service');
    await beside.systemd.enter('systemctl', 'daemon-reload');
    expect(await beside.kit.run('monitor', 'vanishing')).toMatchObject({ rc: 0 });
    expect(await beside.kit.run('stop', 'vanishing')).toMatchObject({ rc: 0, status: 0 });
    expect(await beside.kit.run('monitor', 'vanishing')).toMatchObject({ rc: 7 });
    expect(await beside.kit.run('start', 'vanishing')).toMatchObject({ rc: 5, status: 7 });
  });

  it('whose daemon is killed is not running', async () => {
    await beside.kit.run('start', 'quick');
    await beside.systemd.enter('systemctl', 'kill', '--signal=KILL', 'quick');
    let seen: Awaited<ReturnType<Kit['run']>>;
    do {
      seen = await beside.kit.run('monitor', 'quick', { intervalMs: 1000 });
    } while (seen.rc !== 7);
    expect(seen).toMatchObject({ status: 0, exitReason: 'failed' });
    await beside.kit.run('stop', 'quick');
  });

  it('whose job somebody else cancels has failed', async () => {
    const { end } = beside.kit.begin('start', 'eternal');
    await untilState(beside.systemd, 'eternal', 'activating');
    await beside.systemd.enter('systemctl', 'stop', 'eternal');
    expect(await end).toMatchObject({
      rc: 1,
      status: 4,
      exitReason: "systemd start job for eternal.service failed with result 'canceled'",
    });
    await beside.kit.run('stop', 'eternal');
  });

  it('exists or not', async () => {
    expect(await beside.kit.runner.exists('quick')).toBe(true);
    expect(await beside.kit.runner.exists('slow@')).toBe(true);
    expect(await beside.kit.runner.exists('tick.timer')).toBe(true);
    expect(await beside.kit.runner.exists('pancakes')).toBe(false);
    expect(await beside.kit.runner.exists('a/b')).toBe(false);
  });

  it('describes itself', async () => {
    const { output } = await beside.kit.run('meta-data', 'quick');
    expect(output).toContain('<resource-agent name="quick" version="0.1">');
    expect(output).toContain('Test &lt;unit&gt; &amp; more');
    expect(output).toContain('<special tag="systemd"/>');
    expect((await beside.kit.run('meta-data', 'slow@')).output).toContain('name="slow@"');
    expect(await beside.kit.run('meta-data', 'pancakes')).toMatchObject({ rc: 5, status: 7 });
  });

  it('is listed', async () => {
    const agents = await beside.kit.runner.agents();
    expect(agents).toEqual(expect.arrayContaining(['quick', 'slow@', 'tick.timer', 'dbus', 'dbus.socket']));
    expect(agents.filter((name) => /\.(service|target|slice|scope|device)$/.test(name))).toEqual([]);
    expect(agents).toEqual([...new Set(agents)].sort());
  });

  it('is one of 25 that are started, watched and stopped at once', async () => {
    const types = Array.from({ length: 25 }, (_, index) => `many@${index}`);
    for (const name of ['start', 'monitor', 'stop']) {
      const results = await Promise.all(types.map((type) => beside.kit.run(name, type)));
      expect(results.map(({ rc, status }) => `${rc} ${status}`)).toEqual(types.map(() => '0 0'));
    }
    expect(types.filter((type) => existsSync(dropIn(`${type}.service`)))).toEqual([]);
  });
});
