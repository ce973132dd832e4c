import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { buildInit, fixture, initLines, startInit, workDir } from './init-kit.ts';

const init = buildInit();
const impatient = buildInit('pcmk-init-steady', '-DSTEADY_MS=300');
const audit = useAudit({ dirs: [workDir] });

describe('a daemon that crashes', () => {
  test('is restarted with a growing pause, then given up, and the last line says why', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'echo start; exit 3'],
      env: { BUNDLET_RESTART_LIMIT: '3', PCMK_logfile: '/var/log/x.log' },
    });
    const end = await box.ended;
    expect(end.status).toBe(3);
    expect(end.stdout).toBe('start\n'.repeat(4));
    expect(initLines(end.stderr)).toEqual([
      'the daemon ended with status 3 after 0 s; restart 1 of 3 in 200 ms',
      'the daemon ended with status 3 after 0 s; restart 2 of 3 in 400 ms',
      'the daemon ended with status 3 after 0 s; restart 3 of 3 in 800 ms',
      'giving up: the daemon ended with status 3 after 0 s, after 3 of 3 restarts in a row (BUNDLET_RESTART_LIMIT); ' +
        'the container ends with status 3; look at the messages above and at /var/log/x.log; reaped 0 orphans',
    ]);
  });

  test('gives 128+signal when a signal killed it', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'kill -SEGV $$'],
      env: { BUNDLET_RESTART_LIMIT: '0' },
    });
    const end = await box.ended;
    expect(end.status).toBe(139);
    expect(initLines(end.stderr)).toEqual([
      expect.stringMatching(
        /^giving up: the daemon was killed by signal 11 \(Segmentation fault\) after \d s, after 0 of 0/,
      ),
    ]);
    audit().log(end.stderr, [/killed by signal 11/]);
  });

  test('leaves the applications alone while it is restarted', async () => {
    const counter = join(workDir, 'starts');
    writeFileSync(counter, '');
    await using box = await startInit({
      init,
      daemon: fixture('count-starts.sh'),
      args: [counter, '3', '1'],
    });
    await box.printed('start 1');
    const findApplication = () =>
      box.processes().find((info) => info.name === 'sleep' && info.parent === box.initPid);
    await until(() => findApplication() !== undefined, 'the application, adopted by PID 1');
    const application = findApplication();
    await box.printed('start 3');
    expect(readFileSync(counter, 'utf8')).toBe('x\nx\nx\n');
    expect(box.processes().map((info) => info.pid)).toContain(application?.pid);
    box.signal('SIGTERM');
    const end = await box.ended;
    expect(end.status).toBe(0);
    expect(initLines(end.stderr)).toEqual([
      expect.stringMatching(/restart 1 of 5 in 200 ms$/),
      expect.stringMatching(/restart 2 of 5 in 400 ms$/),
    ]);
    rmSync(counter);
  });

  test('begins a new row after it had lived long enough', async () => {
    await using box = await startInit({
      init: impatient,
      daemon: '/bin/sh',
      args: ['-c', 'sleep 0.5; exit 1'],
      env: { BUNDLET_RESTART_LIMIT: '1' },
    });
    await until(() => initLines(box.stderr()).length >= 3, 'three restarts');
    expect(new Set(initLines(box.stderr()))).toEqual(
      new Set(['the daemon ended with status 1 after 0 s; restart 1 of 1 in 200 ms']),
    );
    box.signal('SIGTERM');
    expect([1, 143]).toContain((await box.ended).status);
  });
});

describe('a daemon that ends by itself', () => {
  test('with 0 ends the container with 0, and what it left is asked to end', async () => {
    await using box = await startInit({ init, daemon: '/bin/sh', args: ['-c', 'sleep 100001 & exit 0'] });
    expect(await box.ended).toMatchObject({ status: 0, stderr: '' });
  });

  test('with 0 does not wait for long for a process that ignores TERM', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'trap "" TERM; sleep 100001 & exit 0'], // what is ignored is inherited
      env: { BUNDLET_STOP_TIMEOUT: '60min' },
    });
    const end = await box.ended;
    expect(end.status).toBe(0);
    expect(initLines(end.stderr)).toEqual([
      expect.stringMatching(/^KILLed 1 process that did not end in time: /),
    ]);
  });

  test.each([
    [64, 'which means wrong options or settings'],
    [100, 'which means that it must not be restarted'],
    [101, 'which means that solo mode gave up'],
    [126, 'which means that it could not be run'],
    [127, 'which means that it could not be run'],
  ])('with %i is not restarted', async (status, why) => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', `sleep 100001 & exit ${status}`],
    });
    const end = await box.ended;
    expect(end.status).toBe(status);
    expect(initLines(end.stderr)).toEqual([
      `the daemon ended with status ${status}, ${why}; not restarted, the container ends with the same status; ` +
        'look at the messages above and at PCMK_logfile (not set); reaped 1 orphans',
    ]);
  });
});

describe('a daemon that cannot be run', () => {
  test.each([
    ['/nonexistent/daemon', 127, 'No such file or directory'],
    ['/etc/passwd', 126, 'Permission denied'],
    ['/etc', 126, 'Permission denied'],
  ])('%s gives the status that a shell gives, and says what to do', async (daemon, status, reason) => {
    await using box = await startInit({ init, daemon });
    const end = await box.ended;
    expect(end.status).toBe(status);
    expect(initLines(end.stderr)).toEqual([
      `cannot run the daemon ${daemon}: ${reason}; BUNDLET_DAEMON must be the path of an executable file`,
      expect.stringMatching(
        new RegExp(`^the daemon ended with status ${status}, which means that it could not be run`),
      ),
    ]);
  });
});

describe('BUNDLET_RESTART_LIMIT', () => {
  test.each(['', 'x', '-1', '1.5', '1000001', '99999999999'])(
    'of "%s" is refused, and the default holds',
    async (value) => {
      await using box = await startInit({ init, daemon: '/bin/true', env: { BUNDLET_RESTART_LIMIT: value } });
      const end = await box.ended;
      expect(end.status).toBe(0);
      expect(initLines(end.stderr)).toEqual([
        `BUNDLET_RESTART_LIMIT is "${value}", expected a number from 0 (never restart) to 1000000; using 5`,
      ]);
    },
  );
});
