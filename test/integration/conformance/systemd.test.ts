// Units of a real systemd, checked by the program: one without fault, and for each check one that has just the fault that it is for.
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/conformance/result.ts';
import { CHECKOUT, complaintsOf } from '../../helpers/conformance/real-run.ts';
import { type Systemd, startSystemd, titled, whyNoSystemd } from '../../helpers/systemd.ts';

const NOTIFY = 'Type=notify\nNotifyAccess=all\nExecStart=/run/dummyd 0 0\nKillMode=mixed';
const service = (lines: string, more = ''): string => `[Unit]\n${more}\n[Service]\n${lines}\n`;

const UNITS = {
  'good.service': service(`${NOTIFY}\nExecReload=/bin/true`),
  'typing-error.service': service(`${NOTIFY}\nRestartSek=1`),
  'once.service': service('Type=oneshot\nExecStart=/bin/true'),
  'leaves-process.service': service('Type=exec\nExecStart=/bin/sleep 3600\nKillMode=none'),
  'stays-active.service': service('Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "sleep 3600 &"'),
  'started-again.service': service(NOTIFY),
  'restarting.service': service(`${NOTIFY}\nRestart=on-failure`),
  'enabled.service': service(NOTIFY),
  'woken.service': service(NOTIFY),
  'woken.path': '[Path]\nPathExists=/run/wake-up\n',
  'simple.service': service('Type=simple\nExecStart=/bin/sleep 3600'),
  'patient.service': service(`${NOTIFY}\nTimeoutStopSec=5min`),
  'stale-lock.service': service(
    `ExecStartPre=/bin/mkdir /run/stale-lock\n${NOTIFY}\nExecStop=/bin/rmdir /run/stale-lock`,
  ),
  'bound.service': service(NOTIFY, 'BindsTo=other.service\nAfter=other.service'),
  'other.service': service(NOTIFY),
  'reload-ends.service': service(`${NOTIFY}\nExecReload=/bin/kill -KILL $MAINPID`),
};

/** Faults, by the unit that has them: the check that must see it, and what it must say. */
const FAULTS = [
  ['typing-error', 'SD-01', "Unknown key 'RestartSek'"],
  ['once', 'SD-02', 'expected monitor right after start to give 0; seen 7 (not running: inactive)'],
  ['leaves-process', 'SD-03', '(/bin/sleep 3600)'],
  ['stays-active', 'SD-04', 'expected monitor to find a crash within 10000 ms; seen 0 (ok)'],
  ['started-again', 'SD-04', 'seen Restart=always'],
  ['restarting', 'SD-05', 'expected no Restart= in the unit; seen Restart=on-failure'],
  ['enabled', 'SD-05', 'expected a unit that is not enabled; seen enabled-runtime'],
  ['woken', 'SD-05', 'seen woken.path: active, static'],
  ['simple', 'SD-06', 'seen Type=simple'],
  ['once', 'SD-06', 'seen Type=oneshot: it is never active'],
  ['patient', 'SD-07', 'expected TimeoutStopSec below the 100 s'],
  ['leaves-process', 'SD-07', 'seen KillMode=none'],
  ['stale-lock', 'SD-08', 'expected start after a crash to give 0; seen 1 (error: systemd start job'],
  ['bound', 'SD-09', 'seen BindsTo: other.service'],
  ['reload-ends', 'SD-10', 'after reload to give 0; seen 7 (not running: failed)'],
] as const;

const why = whyNoSystemd();

describe.skipIf(why !== undefined)(titled('checks of units', why), { timeout: 120_000 }, () => {
  let systemd: Systemd;

  beforeAll(async () => {
    systemd = await startSystemd();
    copyFileSync(join(CHECKOUT, 'test/fixtures/systemd/dummyd'), join(systemd.run, 'dummyd'));
    mkdirSync(join(systemd.units, 'started-again.service.d'));
    writeFileSync(join(systemd.units, 'started-again.service.d/60-mine.conf'), '[Service]\nRestart=always\n');
    mkdirSync(join(systemd.units, 'multi-user.target.wants'));
    symlinkSync('../enabled.service', join(systemd.units, 'multi-user.target.wants/enabled.service'));
    await systemd.install(UNITS);
    await systemd.enter('systemctl', 'start', 'woken.path');
  });
  afterAll(() => systemd?.[Symbol.asyncDispose]());

  /** The program beside that systemd. */
  async function bundlet(...words: readonly string[]) {
    const program = [process.execPath, join(CHECKOUT, 'src/cli/bundlet.ts'), 'conformance', ...words];
    return systemd.enter(...program).then(
      (stdout) => ({ code: 0, stdout, stderr: '' }),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
    );
  }

  async function check(unit: string, ...words: readonly string[]): Promise<RunReport> {
    const { stdout, stderr } = await bundlet(`systemd:${unit}`, '--in-place', '--output', 'json', ...words);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  it('find nothing in one without fault, and leave it as it was', async () => {
    const { checks, environment } = await check('good');
    expect(complaintsOf(checks)).toEqual([]);
    expect(checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(
      Array.from({ length: 10 }, (_, index) => `SD-${String(index + 1).padStart(2, '0')} passed`),
    );
    expect(environment.place).toBe('in-place');
    expect(await systemd.show('good', 'ActiveState')).not.toBe('active');
    expect(await systemd.show('good', 'DropInPaths')).toBe('');
  });

  it.each(FAULTS)('see %s: %s', async (unit, id, seen) => {
    const { checks } = await check(unit, '--only', id);
    expect(complaintsOf(checks).join('\n')).toContain(seen);
  });

  it.each([
    ['systemd:good', [], 2, 'Expected --in-place with a unit of systemd'],
    ['systemd:pancakes', ['--in-place'], 3, 'Expected systemd to know pancakes.service'],
    ['systemd:many@', ['--in-place'], 3, 'got a template, which needs an instance'],
    ['systemd:woken.path', ['--in-place'], 3, 'Expected woken.path to be stopped'],
  ])('of %s with %j are not begun', async (agent, words, code, said) => {
    expect(await bundlet(agent, ...words)).toMatchObject({ code, stderr: expect.stringContaining(said) });
  });
});
