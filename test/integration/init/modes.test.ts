import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import {
  killProcess,
  type PidNamespace,
  readProcess,
  startInPidNamespace,
  until,
} from '../../helpers/pid-namespace.ts';
import { buildFixture, buildInit, fixture, initEnv, initLines, startInit, workDir } from './init-kit.ts';

const init = buildInit();
const exitOnTerm = buildFixture('exit-on-term');
const envFile = join(workDir, 'mode.env');
writeFileSync(envFile, 'FROM_FILE=yes\n');

// The tree of an installation, with a shell script in the place of node.
const prefix = join(workDir, 'usr');
mkdirSync(join(prefix, 'sbin'), { recursive: true });
mkdirSync(join(prefix, 'lib/bundlet'), { recursive: true });
copyFileSync(init, join(prefix, 'sbin/pcmk-init'));
for (const name of ['pacemaker-remoted', 'pacemaker_remoted'])
  symlinkSync('pcmk-init', join(prefix, 'sbin', name));
copyFileSync('/bin/dash', join(prefix, 'lib/bundlet/node'));
chmodSync(join(prefix, 'lib/bundlet/node'), 0o755);
useAudit({ dirs: [workDir] });

/** A shell is PID 1 of the namespace, so that pcmk-init is not. */
function startBelowShell(script: string, env: Readonly<Record<string, string>>): Promise<PidNamespace> {
  return startInPidNamespace(['/bin/sh', '-c', `${script}\necho status $?; sleep 100000 & wait`, init], {
    env,
  });
}

describe('when it is not PID 1', () => {
  test.each([
    ['nothing is set', {}, ''],
    ['PCMK_remote_pid1=default', { PCMK_remote_pid1: 'default' }, ''],
    ['PCMK_remote_pid1=FULL', { PCMK_remote_pid1: 'FULL' }, ''],
    ['PCMK_remote_pid1=vars', { PCMK_remote_pid1: 'vars' }, 'yes'],
    ['HA_remote_pid1=vars', { HA_remote_pid1: 'vars' }, 'yes'],
    ['the new name wins', { PCMK_remote_pid1: 'default', HA_remote_pid1: 'vars' }, ''],
  ])('%s: it becomes the daemon', async (_name, mode, fromFile) => {
    const daemon = ['-c', "'echo file:$FROM_FILE.; echo parent $PPID; echo args $*; exit 7'", 'a', '--help'];
    await using box = await startBelowShell(`"$0" ${daemon.join(' ')}`, {
      ...initEnv('/bin/sh', mode),
      BUNDLET_INIT_ENV_FILE: envFile,
    });
    await box.printed('status 7');
    expect(box.stdout()).toBe(`file:${fromFile}.\nparent 1\nargs --help\nstatus 7\n`);
    expect(box.stderr()).toBe('');
  });

  test('a missing daemon gives 127 with one line', async () => {
    await using box = await startBelowShell('"$0"', initEnv('/nonexistent/daemon'));
    await box.printed('status 127');
    expect(initLines(box.stderr())).toHaveLength(1);
  });
});

describe.each(['PCMK_remote_pid1', 'HA_remote_pid1'])('as a subreaper (%s=full)', (variable) => {
  test('says so, adopts orphans, and stops only own descendants', async () => {
    await using box = await startBelowShell(`sleep 100009 & "$0" ${fixture('ignore-term.sh')}`, {
      ...initEnv(fixture('with-child.sh'), { [variable]: 'full', BUNDLET_STOP_TIMEOUT: '1s' }),
    });
    await box.printed('ready', 2);
    const bystander = box.processes().find((info) => info.name === 'sleep' && info.parent === box.initPid);
    const reaper = box.processes().find((info) => info.name === 'pcmk-init');
    expect(initLines(box.stderr())).toEqual([
      `not PID 1 but pid ${reaper?.innerPid}: running as a subreaper, only own descendants are reaped and stopped`,
    ]);
    killProcess(reaper?.pid, 'SIGTERM');
    await box.printed('status 7');
    expect(readProcess(bystander?.pid ?? 0)?.name).toBe('sleep');
    // Nothing of the daemon's is left: only the shell, the bystander and the shell's last sleep.
    await until(
      () => box.processes().filter((info) => info.name !== 'sleep').length === 1,
      () => JSON.stringify(box.processes()),
    );
    expect(box.processes().length).toBeLessThanOrEqual(3);
    expect(initLines(box.stderr())[1]).toMatch(
      /^KILLed \d process(es)? that did not end in time: .*ignore-term\.sh/,
    );
  });
});

describe('the packaged daemon', () => {
  const script = join(prefix, 'lib/bundlet/pacemaker-remoted.cjs');

  test.each(['pcmk-init', 'pacemaker-remoted', 'pacemaker_remoted'])(
    'is found beside sbin/%s',
    async (name) => {
      // dash does not know --v8-pool-size and says so with its own name, which is argv[0].
      await using box = await startInPidNamespace([join(prefix, 'sbin', name), '-V'], {
        env: { BUNDLET_INIT_ENV_FILE: '/nonexistent', BUNDLET_RESTART_LIMIT: '0' },
      });
      const end = await box.ended;
      expect(end.stderr).toContain('pacemaker-remoted: 0: Illegal option --');
      expect(end.status).toBe(2);
    },
  );

  test('gets its own settings, only where unset, with a list of them', async () => {
    writeFileSync(join(prefix, 'lib/bundlet/node'), '#!/bin/sh\nprintf "%s\\n" "$0" "$@"; env\n');
    await using box = await startInPidNamespace([join(prefix, 'sbin/pacemaker-remoted'), '-V', 'x y'], {
      env: {
        BUNDLET_INIT_ENV_FILE: '/nonexistent',
        MALLOC_ARENA_MAX: '4',
        BUNDLET_RUNTIME_ENV: 'of:an:outer:one',
      },
    });
    const lines = (await box.ended).stdout.split('\n');
    const library = join(prefix, 'lib/bundlet');
    expect(lines.slice(1, 6)).toEqual(['--v8-pool-size=1', '--expose-gc', script, '-V', 'x y']);
    expect(lines).toEqual(
      expect.arrayContaining([
        'MALLOC_ARENA_MAX=4',
        'MALLOC_TRIM_THRESHOLD_=65536',
        'MALLOC_MMAP_THRESHOLD_=65536',
        `NODE_COMPILE_CACHE=${library}/cache`,
        'NODE_COMPILE_CACHE_PORTABLE=1',
        `BUNDLET_RUNTIME_ENV=${['TRIM_THRESHOLD_', 'MMAP_THRESHOLD_'].map((name) => `MALLOC_${name}`).join(':')}:NODE_COMPILE_CACHE:NODE_COMPILE_CACHE_PORTABLE`,
      ]),
    );
    expect(lines.filter((line) => line.includes('logfile'))).toEqual([]);
  });

  test.each([
    ['by default', {}, '6000'],
    ['of a longer stop', { BUNDLET_STOP_TIMEOUT: '5min' }, '298000'],
    ['of a very short stop: half of it', { BUNDLET_STOP_TIMEOUT: '1501ms' }, '751'],
    ['though an outer one is set', { BUNDLET_DAEMON_STOP_MS: '1' }, '6000'],
  ])('is told how long a stop leaves it alive, %s', async (_what, env, expected) => {
    writeFileSync(join(prefix, 'lib/bundlet/node'), '#!/bin/sh\nenv\n');
    await using box = await startInPidNamespace([join(prefix, 'sbin/pacemaker-remoted')], {
      env: { BUNDLET_INIT_ENV_FILE: '/nonexistent', ...env },
    });
    const lines = (await box.ended).stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('BUNDLET_DAEMON_STOP_MS='))).toEqual([
      `BUNDLET_DAEMON_STOP_MS=${expected}`,
    ]);
  });

  test.each([
    ['where /var/log is a mount, as in a bundle', {}, '/var/log/pcmk-init.log'],
    ['unless there is one already', { HA_logfile: '/mine' }, '/mine'],
  ])('gets a log file %s', async (_what, env, expected) => {
    writeFileSync(join(prefix, 'lib/bundlet/node'), '#!/bin/sh\nenv\n');
    const start = `mount -t tmpfs none /var/log && exec ${join(prefix, 'sbin/pacemaker-remoted')}`;
    await using box = await startInPidNamespace(['sh', '-c', start], {
      env: { BUNDLET_INIT_ENV_FILE: '/nonexistent', ...env },
    });
    const lines = (await box.ended).stdout.split('\n');
    expect(lines).toContain(`HA_logfile=${expected}`);
    expect(lines.includes(`PCMK_logfile=${expected}`)).toBe(expected !== '/mine');
  });

  test.each([
    ['as an image with an ENTRYPOINT gets its run-command', ['/usr/sbin/pacemaker-remoted', '-V'], ['-V']],
    ['but no other operand', ['pacemaker-remoted', '/usr/sbin/pacemaker-remoted'], undefined],
  ])('is not given its own path as an argument, %s', async (_what, args, expected) => {
    writeFileSync(join(prefix, 'lib/bundlet/node'), '#!/bin/sh\nshift 3; printf "%s\\n" "$@"\n');
    await using box = await startInPidNamespace([join(prefix, 'sbin/pacemaker-remoted'), ...args], {
      env: { BUNDLET_INIT_ENV_FILE: '/nonexistent' },
    });
    expect((await box.ended).stdout.trim().split('\n')).toEqual(expected ?? args);
  });

  test('that is missing gives 127 and names the remedy', async () => {
    await using box = await startInPidNamespace([init], { env: { BUNDLET_INIT_ENV_FILE: '/nonexistent' } });
    const end = await box.ended;
    expect(end.status).toBe(127);
    expect(initLines(end.stderr)[0]).toMatch(
      /^cannot run the daemon \/.*lib\/bundlet\/node: No such file.*COPY --from=bundlet/,
    );
  });
});

describe('as PID 1', () => {
  test('is in full mode whatever PCMK_remote_pid1 says', async () => {
    await using box = await startInit({
      init,
      daemon: exitOnTerm,
      args: ['4'],
      env: { PCMK_remote_pid1: 'vars' },
    });
    await box.printed('ready');
    expect(readProcess(box.initPid)?.name).toBe('pcmk-init');
    box.signal('SIGTERM');
    expect(await box.ended).toMatchObject({ status: 4, stderr: '' });
  });

  test('keeps a log file that is set', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'echo $PCMK_logfile, $HA_logfile'],
      env: { PCMK_logfile: '', HA_logfile: '/x' },
    });
    expect((await box.ended).stdout).toBe(', /x\n');
  });

  test('lets --help run through', async () => {
    await using box = await startInit({ init, daemon: '/bin/echo', args: ['--usage'] });
    expect(await box.ended).toMatchObject({ status: 0, stdout: '--usage\n', stderr: '' });
  });

  test('ends although processes that came in from outside are there', async () => {
    await using box = await startInit({ init, daemon: exitOnTerm, args: ['0'] });
    await box.printed('ready');
    const session = box.enter(['sh', '-c', 'echo inside; exec sleep 100003']).catch(() => 'ended');
    box.signal('SIGTERM');
    expect(await box.ended).toMatchObject({ status: 0 });
    await session;
  });
});
