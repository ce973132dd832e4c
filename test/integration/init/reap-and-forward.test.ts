import { closeSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { killProcess, until } from '../../helpers/pid-namespace.ts';
import { buildFixture, buildInit, fixture, initLines, startInit, workDir } from './init-kit.ts';

const init = buildInit();
const orphans = buildFixture('orphans');
const exitOnTerm = buildFixture('exit-on-term');
const audit = useAudit({ dirs: [workDir] });

describe('reaping', () => {
  test('takes 1,000 orphans and leaves no zombie', async () => {
    await using box = await startInit({ init, daemon: orphans, args: ['1000'] });
    await box.printed('done');
    await until(
      () => box.processes().length === 2,
      () => `only init and daemon, but there are ${JSON.stringify(box.processes().slice(0, 5))}`,
    );
    expect(box.processes().map((info) => info.state)).not.toContain('Z');
    killProcess(box.processes()[1]?.pid, 'SIGTERM');
    const end = await box.ended;
    expect(end.status).toBe(64);
    expect(initLines(end.stderr).at(-1)).toMatch(/reaped 1000 orphans$/);
    audit().log(end.stderr);
  });

  test('adopts a daemonised process and asks it to end', async () => {
    await using box = await startInit({ init, daemon: fixture('double-fork.sh') });
    await box.printed('ready');
    const worker = Number(/^worker (\d+)$/m.exec(box.stdout())?.[1]);
    const adopted = () => box.processes().find((info) => info.innerPid === worker);
    await until(() => adopted()?.parent === box.initPid, 'the worker is a child of PID 1');
    box.signal('SIGTERM');
    expect(await box.ended).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('forwarding', () => {
  const names = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2'] as const;
  test.each(names)('%s reaches the daemon', async (name) => {
    await using box = await startInit({ init, daemon: fixture('signals.sh') });
    await box.printed('ready');
    box.signal(`SIG${name}`);
    await box.printed(`got ${name}`);
    expect(box.stdout()).toBe(`ready\ngot ${name}\n`);
  });

  test('every further signal during the stop reaches it too', async () => {
    await using box = await startInit({
      init,
      daemon: fixture('signals.sh'),
      env: { BUNDLET_STOP_TIMEOUT: '10min' },
    });
    await box.printed('ready');
    for (const name of names) {
      box.signal(`SIG${name}`);
      await box.printed(`got ${name}`);
    }
    box.signal('SIGTERM');
    await box.printed('got TERM', 2);
  });

  test('signals that are no business of the daemon are swallowed', async () => {
    await using box = await startInit({ init, daemon: exitOnTerm, args: ['5'] });
    await box.printed('ready');
    for (const name of [
      'SIGWINCH',
      'SIGALRM',
      'SIGPIPE',
      'SIGCONT',
      'SIGTSTP',
      'SIGTTIN',
      'SIGTTOU',
    ] as const) {
      box.signal(name);
    }
    box.signal('SIGTERM');
    expect(await box.ended).toMatchObject({ status: 5, stderr: '' });
  });
});

describe('the daemon starts clean', () => {
  test('with its own session, an empty mask and no ignored signal', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: [
        '-c',
        'trap "exit 3" TERM; grep Sig /proc/self/status; cut -d" " -f6 /proc/$$/stat; echo ready; sleep 1000 & wait',
      ],
    });
    await box.printed('ready');
    expect(box.stdout()).toMatch(/^SigBlk:\t0+$/m);
    expect(box.stdout()).toMatch(/^SigIgn:\t0+$/m);
    const daemon = box.processes().find((info) => info.parent === box.initPid);
    expect(box.stdout()).toMatch(new RegExp(`^${daemon?.innerPid}$`, 'm')); // the session is named after its leader
  });

  test('without descriptors that the runtime forgot', async () => {
    const leaked = openSync('/etc', 'r');
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: ['-c', 'ls -l /proc/1/fd /proc/$$/fd; echo ready; exec sleep 1000'],
      descriptors: [leaked],
    });
    closeSync(leaked);
    await box.printed('ready');
    expect(box.stdout()).toContain('0 -> ');
    expect(box.stdout()).not.toContain('/etc');
  });

  test('below a PID 1 that ps shows as pcmk-init, whatever name it was called by', async () => {
    await using box = await startInit({
      init,
      daemon: '/bin/sh',
      args: [
        '-c',
        'cat /proc/1/comm; tr "\\0" " " </proc/1/cmdline; echo; echo "args: $*"; exec sleep 1000',
        'a',
        '-V',
        '--port=7',
      ],
    });
    await box.printed('args: -V --port=7');
    expect(box.stdout()).toMatch(/^pcmk-init\npcmk-init *\nargs/);
  });
});
