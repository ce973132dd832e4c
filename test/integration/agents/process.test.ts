// Longer than others: one table of ways, and each case of the agent's life goes through all of them.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { killProcess, until } from '../../helpers/pid-namespace.ts';
import { WAYS } from './call-agent.ts';
import { type Container, FIXTURES, startContainer, wordsOf } from './container.ts';

useAudit();

const forever = join(FIXTURES, 'forever.sh');
const quick = { command: forever, ready_log: 'ready' };

/** Running processes beside PID 1, its daemon and the spawner, by their first words. */
const others = ({ box }: Container): readonly string[] =>
  box
    .processes()
    .filter(({ innerPid, state }) => innerPid > 1 && state !== 'Z')
    .map(({ pid }) => wordsOf(pid).slice(0, 2).join(' '))
    .filter((words) => !/^(\S*pacemaker-remoted|cat \/run\/log|pcmk-spawner|)( |$)/.test(words.trim()));

/** The processes of a shell script, seen from the test: a shell that forks looks like two until its child is another program. */
function findScripts({ box }: Container, name: string): readonly number[] {
  const scripts = box
    .processes()
    .filter(({ pid, state }) => state !== 'Z' && wordsOf(pid)[1]?.endsWith(name) === true);
  const isFork = (parent: number): boolean => scripts.some(({ pid }) => pid === parent);
  return scripts.filter(({ parent }) => !isFork(parent)).map(({ pid }) => pid);
}

const findScript = (container: Container, name: string): number => findScripts(container, name)[0] ?? 0;

const findShim = ({ box }: Container): number =>
  box.processes().find(({ name, state }) => name === 'pcmk-shim' && state !== 'Z')?.pid ?? 0;

describe.each(WAYS)('process, %s', (way) => {
  it('starts, is watched, stops, all of it again and again', async () => {
    await using container = await startContainer('process', way);
    const { call } = container;
    expect(await call('monitor', quick)).toMatchObject({ rc: 7, reason: undefined });
    expect(await call('stop', quick)).toMatchObject({ rc: 0, reason: undefined });
    for (let round = 0; round < 2; round += 1) {
      expect(await call('start', quick)).toMatchObject({ rc: 0, reason: undefined, stdout: '' });
      const pid = findScript(container, 'forever.sh');
      expect(await call('start', quick)).toMatchObject({ rc: 0 });
      expect(findScript(container, 'forever.sh')).toBe(pid);
      for (const level of [0, 5, 10, 20, 99]) {
        expect(await call('monitor', quick, { level })).toMatchObject({ rc: 0, reason: undefined });
      }
      expect(await call('monitor', quick, { intervalMs: 0 })).toMatchObject({ rc: 0 });
      expect(await call('stop', quick)).toMatchObject({ rc: 0, reason: undefined });
      expect(others(container)).toEqual([]);
      expect(await call('monitor', quick)).toMatchObject({ rc: 7 });
    }
  });

  it('writes lines of the output to the log of the container, with the name of the resource', async () => {
    await using container = await startContainer('process', way);
    const script = `printf 'bad \\377 \\033[1m \\342\\200\\256 "q"\\n' >&2; head -c 20000 /dev/zero | tr '\\0' x; echo; echo ready; exec sleep 100`;
    const parameters = { command: script, shell: 'yes', ready_log: '^ready$' };
    expect(await container.call('start', parameters, { instance: 'web:0' })).toMatchObject({ rc: 0 });
    await until(() => container.output().length >= 3, 'three lines');
    const [first, ...more] = [...container.output()].sort((one) => (one['stream'] === 'stderr' ? -1 : 1));
    expect(first).toMatchObject({
      event: 'resource.output',
      level: 'info',
      rsc: 'web:0',
      stream: 'stderr',
      text: 'bad \ufffd \u001b[1m \u202e "q"',
    });
    expect(container.box.stdout()).toContain('bad \ufffd \\u001b[1m \\u202e \\"q\\"');
    expect(more[0]?.['text']).toBe(`${'x'.repeat(16_384)}… (3616 bytes left out)`);
    expect(more[1]).toMatchObject({ text: 'ready', stream: 'stdout' });
    expect(first?.['pid']).toBe(more[1]?.['pid']);
    expect(first?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    await container.call('stop', parameters, { instance: 'web:0' });
  });

  it('tells at once how an application ended that is to start', async () => {
    await using container = await startContainer('process', way);
    const parameters = { command: 'echo first; echo no database >&2; exit 3', shell: '1', ready_tcp: '1' };
    const { rc, reason } = await container.call('start', parameters);
    expect(rc).toBe(1);
    expect(reason).toMatch(
      /^Expected the application to run while it starts, got an end with status 3 after \d+ ms; it wrote: .*no database/,
    );
    expect(await container.call('monitor', parameters, { intervalMs: 0 })).toMatchObject({
      rc: 7,
      reason: undefined,
    });
    expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
  });

  it('tells why an application is gone, and starts it anew', async () => {
    await using container = await startContainer('process', way);
    await container.call('start', quick);
    killProcess(findScript(container, 'forever.sh'), 'SIGKILL');
    const { rc, reason } = await container.call('monitor', quick);
    expect([1, 7]).toContain(rc);
    expect(reason).toMatch(/an end with SIGKILL after \d+ m?s; it wrote: ready/);
    expect(await container.call('start', quick)).toMatchObject({ rc: 0 });
    expect(await container.call('monitor', quick)).toMatchObject({ rc: 0 });
    await container.call('stop', quick);
    expect(others(container)).toEqual([]);
  });

  it('ends who ignores TERM, with all children, within its time', async () => {
    await using container = await startContainer('process', way);
    const parameters = { command: join(FIXTURES, 'ignore-term.sh'), ready_log: 'ready', stop_grace: '60s' };
    expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('stop', parameters, { timeoutMs: 3000 })).toMatchObject({ rc: 0 });
    expect(others(container)).toEqual([]);
  });

  it.each(['forking', 'pidfile'] as const)(
    'finds a daemon of type %s, and leaves nothing of it',
    async (type) => {
      await using container = await startContainer('process', way);
      const pidfile = '/run/agents/daemon.pid';
      const parameters = { command: `${join(FIXTURES, 'daemonise.sh')} ${pidfile}`, type, pidfile };
      expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
      expect(await container.call('monitor', parameters)).toMatchObject({ rc: 0 });
      const main = Number(await container.box.enter(['cat', pidfile]));
      // A bystander in the PID file is no sign of life, and stays alive.
      await container.box.enter(['sh', '-c', `echo 1 >${pidfile}`]);
      const { rc, reason } = await container.call('monitor', parameters);
      expect(rc).toBe(1);
      expect(reason).toMatch(/to name a process of the application, got 1: .*none of this resource/);
      await container.box.enter(['sh', '-c', `echo ${main} >${pidfile}`]);
      expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
      expect(others(container)).toEqual([]);
      expect(await container.box.enter(['ls', '/run/agents'])).toBe('');
      expect(await container.call('monitor', parameters)).toMatchObject({ rc: 7 });
    },
  );

  it('takes the command of a daemon that ends with a status for a failed start', async () => {
    await using container = await startContainer('process', way);
    const { rc, reason } = await container.call('start', {
      command: 'echo busy; exit 4',
      shell: 'on',
      type: 'forking',
    });
    expect(rc).toBe(1);
    expect(reason).toMatch(/an end with status 4 .*busy/);
  });

  it('ends what is left when somebody killed the shim', async () => {
    await using container = await startContainer('process', way);
    const parameters = { command: `${forever} & exec ${forever}`, shell: 'yes', ready_log: 'ready' };
    await container.call('start', parameters);
    killProcess(findShim(container), 'SIGKILL');
    await until(() => findShim(container) === 0, 'the shim is gone');
    const { rc, reason } = await container.call('monitor', parameters);
    expect(rc).toBe(1);
    expect(reason).toMatch(/Expected pcmk-shim .*, got it killed; \d+ processes are left/);
    expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
    expect(others(container)).toEqual([]);
  });

  it('takes the state of an earlier container for none', async () => {
    await using container = await startContainer('process', way);
    const state = {
      rsc: 'thing',
      run: 'earlier',
      shim: { pid: 1, startTicks: 1 },
      application: { pid: 2, startTicks: 2 },
      isOver: false,
    };
    const directory = '/run/bundlet/agents/process/thing';
    await container.box.enter([
      'sh',
      '-c',
      `mkdir -p ${directory}; echo '${JSON.stringify(state)}' >${directory}/state.json`,
    ]);
    expect(await container.call('monitor', quick, { intervalMs: 0 })).toMatchObject({
      rc: 7,
      reason: undefined,
    });
    expect(await container.call('start', quick)).toMatchObject({ rc: 0 });
    expect(await container.call('stop', quick)).toMatchObject({ rc: 0 });
  });

  it.each(['rm -r /run/bundlet', 'echo "{" >/run/bundlet/agents/process/thing/state.json'])(
    'finds an application whose state somebody lost by %j',
    async (loss) => {
      await using container = await startContainer('process', way);
      await container.call('start', quick);
      await container.box.enter(['sh', '-c', loss]);
      expect(await container.call('monitor', quick, { intervalMs: 0 })).toMatchObject({
        rc: 1,
        reason: expect.stringMatching(/^Expected state.json in .*, got none; \d processes of it run$/),
      });
      expect(await container.call('start', quick)).toMatchObject({ rc: 0 });
      expect(findScripts(container, 'forever.sh')).toHaveLength(1);
      await container.box.enter(['sh', '-c', loss]);
      expect(await container.call('stop', quick)).toMatchObject({ rc: 0 });
      expect(others(container)).toEqual([]);
      expect(await container.call('monitor', quick)).toMatchObject({ rc: 7 });
    },
  );

  it('starts a daemon anew of which only children are left', async () => {
    await using container = await startContainer('process', way);
    const pidfile = '/run/agents/daemon.pid';
    const daemon = `sleep 100 & echo $$ >${pidfile}; while :; do sleep 0.05; done`;
    const parameters = {
      command: `setsid sh -c '${daemon}' & exit 0`,
      shell: 'yes',
      type: 'forking',
      pidfile,
    };
    expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
    await container.box.enter(['sh', '-c', `kill -KILL $(cat ${pidfile})`]);
    expect(await container.call('monitor', parameters)).toMatchObject({ rc: 1 });
    expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('monitor', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
    expect(others(container)).toEqual([]);
  });

  it('stops and probes where nothing can be written', async () => {
    await using container = await startContainer('process', way);
    await container.box.enter(['mount', '-o', 'remount,ro', '/run']);
    expect(await container.call('monitor', quick, { intervalMs: 0 })).toMatchObject({ rc: 7 });
    expect(await container.call('stop', quick)).toMatchObject({ rc: 0 });
    expect(await container.call('start', quick)).toMatchObject({ rc: 1 });
  });

  it('refuses a file of variables that is none, at once', async () => {
    await using container = await startContainer('process', way);
    await container.box.enter(['mkfifo', '/run/agents/fifo']);
    for (const environment_file of ['/run/agents/fifo', '/dev/zero']) {
      expect(await container.call('start', { ...quick, environment_file })).toMatchObject({
        rc: 2,
        reason: expect.stringContaining('got EFTYPE'),
      });
    }
  });

  it('finds a line behind a flood', async () => {
    await using container = await startContainer('process', way);
    const command = 'yes flood | head -c 9000000; echo ready; exec sleep 100';
    const parameters = { command, shell: 'yes', ready_log: '^ready$' };
    expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
  });

  it('keeps two instances of one command apart', async () => {
    await using container = await startContainer('process', way);
    const [one, two] = [{ instance: 'one' }, { instance: 'two' }];
    await Promise.all([container.call('start', quick, one), container.call('start', quick, two)]);
    expect(await container.call('stop', quick, one)).toMatchObject({ rc: 0 });
    expect(await container.call('monitor', quick, one)).toMatchObject({ rc: 7 });
    expect(await container.call('monitor', quick, two)).toMatchObject({ rc: 0 });
    await container.call('stop', quick, two);
    expect(others(container)).toEqual([]);
  });

  it('takes a PID file that names a process of another resource for an old one', async () => {
    await using container = await startContainer('process', way);
    const pidfile = '/run/agents/pid';
    const sleeper = { command: '/usr/bin/sleep 1000', ready_delay: '1ms' };
    await container.call('start', { ...sleeper, pidfile }, { instance: 'two' });
    expect(await container.call('start', { ...sleeper, pidfile }, { instance: 'one' })).toMatchObject({
      rc: 0,
    });
    expect(await container.call('stop', { ...sleeper, pidfile }, { instance: 'one' })).toMatchObject({
      rc: 0,
    });
    expect(await container.call('monitor', sleeper, { instance: 'two' })).toMatchObject({ rc: 0 });
    await container.call('stop', sleeper, { instance: 'two' });
  });

  it('starts one application when it is started twice at once', async () => {
    await using container = await startContainer('process', way);
    const both = await Promise.all([container.call('start', quick), container.call('start', quick)]);
    expect(both.map(({ rc }) => rc)).toEqual([0, 0]);
    expect(findScripts(container, 'forever.sh')).toHaveLength(1);
    await container.call('stop', quick);
  });

  it('does not take who stands still for running, and ends him', async () => {
    await using container = await startContainer('process', way);
    await container.call('start', quick);
    killProcess(findScript(container, 'forever.sh'), 'SIGSTOP');
    expect(await container.call('monitor', quick)).toMatchObject({
      rc: 1,
      reason: expect.stringContaining('stopped by a signal'),
    });
    expect(await container.call('stop', quick)).toMatchObject({ rc: 0 });
    expect(others(container)).toEqual([]);
  });

  it('is not held by a log that nobody reads', async () => {
    await using container = await startContainer('process', way);
    const flood = 'yes flooding the log | head -n 200000; echo done >/run/agents/done; exec sleep 100';
    const parameters = {
      command: flood,
      shell: 'yes',
      log_file: '/run/agents/log',
      ready_file: '/run/agents/done',
    };
    // A FIFO with a reader that never reads.
    await container.box.enter([
      'sh',
      '-c',
      'mkfifo /run/agents/log; (exec sleep 100 </run/agents/log) >/dev/null 2>&1 & (exec 3<>/run/agents/log; exec sleep 100) >/dev/null 2>&1 &',
    ]);
    await until(
      () => container.box.processes().filter(({ name }) => name === 'sleep').length >= 2,
      'readers',
    );
    expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('monitor', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
  });

  describe('with a web server', () => {
    const port = 18_731;
    const url = `http://127.0.0.1:${port}`;
    const web = { command: `"${process.execPath}" ${join(FIXTURES, 'web.mjs')} ${port}` };

    it('waits for it, and asks it at the levels', async () => {
      await using container = await startContainer('process', way);
      const parameters = {
        ...web,
        ready_http: `${url}/`,
        health_tcp: String(port),
        health10_http: `${url}/`,
        health10_http_regex: 'all is (well|fine)',
        health20_http: `${url}/missing`,
      };
      expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
      expect(await container.call('monitor', parameters)).toMatchObject({ rc: 0 });
      expect(await container.call('monitor', parameters, { level: 10 })).toMatchObject({ rc: 0 });
      const deep = await container.call('monitor', parameters, { level: 20 });
      expect(deep).toMatchObject({
        rc: 1,
        reason: expect.stringMatching(/health20_http .* with 200-399, got 404$/),
      });
      const other = { ...parameters, health10_http_regex: 'nothing' };
      expect(await container.call('reload-agent', other)).toMatchObject({ rc: 0 });
      expect(await container.call('monitor', other, { level: 10 })).toMatchObject({
        rc: 1,
        reason: expect.stringContaining('to match nothing'),
      });
      await container.call('stop', parameters);
    });

    it('fails a monitor in its time when it does not answer', async () => {
      await using container = await startContainer('process', way);
      const parameters = { ...web, ready_log: 'listening', health_http: `${url}/slow`, check_timeout: '60s' };
      expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
      const { rc, reason } = await container.call('monitor', parameters, { timeoutMs: 1500 });
      expect(rc).toBe(1);
      expect(reason).toMatch(/slow/);
      await container.call('stop', parameters);
    });
  });

  it('runs as a user, in a directory, with an environment and limits', async () => {
    await using container = await startContainer('process', way);
    const parameters = {
      command:
        'echo "$(id -un) $(pwd) $A $B $(umask) $(ulimit -n) $(nice) <$OCF_ROOT>"; echo ready; exec sleep 100',
      shell: 'yes',
      user: 'nobody',
      directory: '/usr',
      environment: `A=1 B='two words'`,
      umask: '027',
      limits: 'nofile=100:200',
      nice: '5',
      ready_log: '^ready$',
    };
    expect(await container.call('start', parameters)).toMatchObject({ rc: 0 });
    await until(() => container.output().length >= 2, 'its words');
    expect(container.output()[0]?.['text']).toBe('nobody /usr 1 two words 0027 100 5 <>');
    // A command beside it lives in the same world.
    const health_exec = `test "$(id -u):$(id -G) $(pwd) $A $(umask) $(ulimit -n) $(nice)" = "$(id -u nobody):$(id -G nobody) /usr 1 0027 100 5" && test -z "$PWD" -o "$PWD" = /usr`;
    expect(await container.call('monitor', { ...parameters, health_exec })).toMatchObject({ rc: 0 });
    const gone = { ...parameters, directory: '/nowhere', health_exec };
    expect(await container.call('monitor', gone)).toMatchObject({
      rc: 2,
      reason: 'Expected to enter the directory /nowhere, got ENOENT',
    });
    await container.call('stop', parameters);
  });

  it('has commands for health, stop and reload', async () => {
    await using container = await startContainer('process', way);
    const parameters = {
      ...quick,
      health_exec: 'test -e /run/agents/well',
      // Words are not expanded: MAINPID is for the inner shell.
      stop_command: `sh -c 'echo $MAINPID >/run/agents/stopped; kill $MAINPID'`,
      reload_signal: 'HUP',
    };
    expect(await container.call('reload', parameters)).toMatchObject({ rc: 1 });
    await container.call('start', parameters);
    expect(await container.call('monitor', parameters)).toMatchObject({
      rc: 1,
      reason: expect.stringMatching(/^Expected health_exec \(test\) to end with status 0, got status 1/),
    });
    await container.box.enter(['touch', '/run/agents/well']);
    expect(await container.call('monitor', parameters)).toMatchObject({ rc: 0 });
    expect(await container.call('reload', parameters)).toMatchObject({ rc: 0 });
    await until(
      () => container.output().some(({ text }) => text === 'got HUP'),
      'the application was told to reload',
    );
    expect(await container.call('stop', parameters)).toMatchObject({ rc: 0 });
    expect(Number(await container.box.enter(['cat', '/run/agents/stopped']))).toBeGreaterThan(1);
    expect(container.output().some(({ text }) => text === 'got TERM')).toBe(true);
  });
});
