import { describe, expect, test } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { killProcess, startInPidNamespace, until } from '../../helpers/pid-namespace.ts';
import { buildFixture, buildInit, fixture, initEnv, initLines, startInit, workDir } from './init-kit.ts';

const init = buildInit();
const exitOnTerm = buildFixture('exit-on-term');
const withPendingTerm = buildFixture('with-pending-term');
const audit = useAudit({ dirs: [workDir] });

/** Runs all, a few at a time: two cores, and others work here too. */
async function inChunks<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 8) {
    await Promise.all(items.slice(at, at + 8).map(run));
  }
}

describe('exit status after a stop', () => {
  test('is each of the 256 that the daemon may end with', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    await inChunks(
      Array.from({ length: 256 }, (_, status) => status),
      async (status) => {
        await using box = await startInit({ init, daemon: exitOnTerm, args: [String(status)] });
        await box.printed('ready');
        box.signal('SIGTERM');
        const end = await box.ended;
        if (end.status !== status || end.stderr !== '') wrong.push(`${status}: ${JSON.stringify(end)}`);
      },
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('is 128+signal when the daemon dies of the forwarded %s', async (signal, status) => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'echo ready; exec sleep 1000'],
    });
    await until(() => box.processes().some((info) => info.name === 'sleep'), 'the daemon runs');
    box.signal(signal);
    expect(await box.ended).toMatchObject({ status, stderr: '' });
  });
});

describe('at the deadline', () => {
  test('KILLs what ignores TERM, and names it', async () => {
    await using box = await startInit({
      init,
      daemon: fixture('with-child.sh'),
      args: [fixture('ignore-term.sh')],
      env: { BUNDLET_STOP_TIMEOUT: '2s' },
    });
    await box.printed('ready', 2);
    box.signal('SIGTERM');
    const end = await box.ended;
    expect(end.status).toBe(7);
    expect(initLines(end.stderr)).toEqual([
      expect.stringMatching(
        /^KILLed [12] process(es)? that did not end in time: .*ignore-term\.sh \(pid \d+\).*orphans$/,
      ),
    ]);
  });

  test('KILLs a daemon that does not end, before it is too late for the rest', async () => {
    await using box = await startInit({
      init,
      daemon: fixture('ignore-term.sh'),
      env: { BUNDLET_STOP_TIMEOUT: '1500ms' },
    });
    await box.printed('ready');
    box.signal('SIGTERM');
    const end = await box.ended;
    expect(end.status).toBe(137);
    expect(initLines(end.stderr)).toEqual([
      expect.stringMatching(
        /^KILLed \d process(es)? that did not end in time: ignore-term\.sh \(pid \d+\), sleep \(pid \d+\); reaped/,
      ),
    ]);
  });

  test('is not waited for when everybody ends', async () => {
    const start = Date.now();
    await using box = await startInit({
      init,
      daemon: exitOnTerm,
      args: ['0'],
      env: { BUNDLET_STOP_TIMEOUT: '60min' },
    });
    await box.printed('ready');
    box.signal('SIGTERM');
    expect((await box.ended).status).toBe(0);
    expect(Date.now() - start).toBeLessThan(60_000);
  });

  test('does not hold for a stopped process: it is continued, so that its TERM counts', async () => {
    await using box = await startInit({
      init,
      daemon: fixture('with-child.sh'),
      args: ['sleep', '100002'],
      env: { BUNDLET_STOP_TIMEOUT: '60min' },
    });
    await box.printed('ready');
    await until(() => box.processes().filter((info) => info.name === 'sleep').length === 2, 'both children');
    const child = box.processes().find((info) => info.name === 'sleep');
    killProcess(child?.pid, 'SIGSTOP');
    box.signal('SIGTERM');
    expect(await box.ended).toMatchObject({ status: 7, stderr: '' });
  });
});

describe('a stop at a bad time', () => {
  test('during the start begins no daemon or ends it', async () => {
    // Sent at once: it meets the program at a different point in each round.
    await inChunks(
      Array.from({ length: 40 }, (_, round) => round),
      async () => {
        await using box = await startInit({ init, daemon: exitOnTerm, args: ['0'] });
        box.signal('SIGTERM');
        const end = await box.ended;
        expect([0, 143]).toContain(end.status);
        expect(end.stderr).toBe('');
      },
    );
  });

  test('that is pending when PID 1 begins is not lost', async () => {
    // The parent blocks TERM and sends it to itself before it becomes pcmk-init.
    await using box = await startInPidNamespace([withPendingTerm, init, '0'], {
      env: initEnv(exitOnTerm),
    });
    expect(await box.ended).toMatchObject({ status: 143, stdout: '', stderr: '' });
  });

  test('during the back-off starts no daemon any more', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'echo start; exit 9'],
      env: { BUNDLET_RESTART_LIMIT: '30' },
    });
    // From the fifth on the pause is seconds long.
    await until(() => box.stderr().includes('restart 5 of 30'), 'the fifth restart');
    const starts = box.stdout();
    box.signal('SIGTERM');
    const end = await box.ended;
    expect(end.status).toBe(9);
    expect(end.stdout).toBe(starts);
  });

  test('200 times in quick order, at once after the start', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    await inChunks(
      Array.from({ length: 200 }, (_, round) => round),
      async (round) => {
        await using box = await startInit({ init, daemon: exitOnTerm, args: ['11'] });
        if (round % 2 === 0) await box.printed('ready');
        box.signal('SIGTERM');
        const end = await box.ended;
        const good = round % 2 === 0 ? end.status === 11 : end.status === 11 || end.status === 143;
        if (!good || end.stderr !== '') wrong.push(JSON.stringify(end));
      },
    );
    expect(wrong).toEqual([]);
  });
});

describe('BUNDLET_STOP_TIMEOUT', () => {
  test.each(['', 'x', '-1', '0', '0s', '8h', '8 s', '1e3', '99999999999999999999', '1441min'])(
    'of "%s" is refused with what is expected, and the default holds',
    async (value) => {
      await using box = await startInit({
        init,
        daemon: exitOnTerm,
        args: ['0'],
        env: { BUNDLET_STOP_TIMEOUT: value },
      });
      await box.printed('ready');
      box.signal('SIGTERM');
      const end = await box.ended;
      expect(end.status).toBe(0);
      expect(initLines(end.stderr)).toEqual([
        `BUNDLET_STOP_TIMEOUT is "${value}", expected a time such as 8, 8s, 1500ms or 5min, at most a day; using 8000 ms`,
      ]);
      audit().log(end.stderr);
    },
  );

  test.each(['8', '8s', '1500ms', '5min', '1440min', '1ms'])('of "%s" is accepted', async (value) => {
    await using box = await startInit({ init, daemon: '/bin/true', env: { BUNDLET_STOP_TIMEOUT: value } });
    expect(await box.ended).toMatchObject({ status: 0, stderr: '' });
  });
});
