// Every fault that the shell agent is known for, and what ours does instead.
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { whyWithout } from '../../../helpers/needs.ts';
import { useOwnNetwork } from '../../../helpers/own-network.ts';
import { killProcess, until } from '../../../helpers/pid-namespace.ts';
import { titled } from '../../../helpers/systemd.ts';
import { APACHE_WAYS, type ApacheStage, openApacheStage, untilEnded } from './apache-stage.ts';

const why = whyWithout('apache2');

useOwnNetwork();

const PROBE = { intervalMs: 0 };
const PORT = 8090;
const PID_FILE = '/run/site/apache.pid';

/** Reads the command line as Apache's would be, but is perl. */
const BYSTANDER = `perl -e 'sleep 1000' /usr/sbin/apache2 -DSTATUS -f /run/site/site.conf & echo $!`;

async function startBystander(apache: ApacheStage): Promise<number> {
  // Its streams must not hold the shell's.
  const inner = Number(await apache.sh(BYSTANDER.replace(' &', ' >/dev/null 2>&1 &')));
  await until(() => pidOf(apache, inner) !== undefined, 'the bystander');
  return inner;
}

const pidOf = (apache: ApacheStage, innerPid: number): number | undefined =>
  apache.stage.daemon.namespace.processes().find((one) => one.innerPid === innerPid && one.state !== 'Z')
    ?.pid;

function signalAll(apache: ApacheStage, signal: NodeJS.Signals): void {
  for (const { pid } of apache.servers()) {
    killProcess(pid, signal);
  }
}

describe.skipIf(why !== undefined).each(APACHE_WAYS)(titled('apache in trouble, %s', why), (way) => {
  describe('that dies', () => {
    it('is missed when its main process is killed, though its workers still serve; start brings it back', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      await apache.call('start', site);
      const main = apache.main(PID_FILE);
      killProcess(main.pid, 'SIGKILL');
      await untilEnded(apache, main);
      expect(apache.servers().length).toBeGreaterThan(0);
      const reason = expect.stringContaining('Expected a main process');
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 1, reason });
      expect(await apache.call('monitor', site, PROBE)).toMatchObject({ rc: 1 });
      const workers = apache.servers();
      expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
      expect(apache.servers().filter(({ pid }) => workers.some((one) => one.pid === pid))).toEqual([]);
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 0 });
    });

    it('is stopped with all that is left of it', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      await apache.call('start', site);
      killProcess(apache.main(PID_FILE).pid, 'SIGKILL');
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0, reason: '' });
      expect(apache.servers()).toEqual([]);
      expect(await apache.call('monitor', site, PROBE)).toMatchObject({ rc: 7 });
    });

    it('as a whole is told at once, without the original’s five seconds', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      await apache.call('start', site);
      signalAll(apache, 'SIGKILL');
      await until(() => apache.servers().length === 0, 'all to end');
      await apache.sh(`rm ${PID_FILE}`);
      const answer = await apache.call('monitor', site, { timeoutMs: 4000 });
      expect(answer).toMatchObject({ rc: 7, reason: 'Expected the server to run, got no process of it' });
    });

    it('and is a zombie does not run', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      // Its parent reaps nobody.
      await apache.sh(
        'sh -c "/usr/sbin/apache2 -DFOREGROUND -f /run/site/site.conf & exec sleep 1000" >/dev/null 2>&1 &',
      );
      await until(() => {
        try {
          return apache.read(PID_FILE) !== '' && apache.servers().length > 1;
        } catch {
          return false;
        }
      }, 'the server');
      const main = apache.main(PID_FILE);
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 0 });
      signalAll(apache, 'SIGKILL');
      await untilEnded(apache, main);
      const isZombie = apache.stage.daemon.namespace.processes().some((one) => one.pid === main.pid);
      expect(isZombie).toBe(true);
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 7 });
      expect(await apache.call('start', site)).toMatchObject({ rc: 0 });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
    });
  });

  describe('that is frozen', () => {
    it('fails its monitor at once, and is stopped in good time', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      await apache.call('start', site);
      signalAll(apache, 'SIGSTOP');
      await until(() => apache.servers().every(({ state }) => state === 'T'), 'all to be stopped');
      const reason = expect.stringContaining('stopped by a signal');
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 1, reason });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0, isTimedOut: false });
      expect(apache.servers()).toEqual([]);
    });

    it('fails its monitor inside its time when only the workers are', async () => {
      await using apache = await openApacheStage(way);
      // No other worker will come.
      const lines = ['ServerLimit 1', 'ThreadsPerChild 5', 'MaxRequestWorkers 5'];
      const site = apache.site({ port: PORT, lines });
      await apache.call('start', site);
      const main = apache.main(PID_FILE);
      const workers = () => apache.servers().filter((one) => one.pid !== main.pid);
      for (const { pid } of workers()) {
        killProcess(pid, 'SIGSTOP');
      }
      // The signal goes to one thread, which stops the others when it gets to run: until then they answer.
      await until(() => workers().every(({ state }) => state === 'T'), 'the workers to be stopped');
      const answer = await apache.call('monitor', { ...site, http_timeout: '1s' });
      expect(answer).toMatchObject({ rc: 1, isTimedOut: false });
      expect(answer.reason).toMatch(/no complete answer within 1000 ms/);
      expect(await apache.call('monitor', site, { timeoutMs: 3000 })).toMatchObject({
        rc: 1,
        isTimedOut: false,
        reason: expect.stringContaining('no complete answer'),
      });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
    });
  });

  describe('with a PID file that lies', () => {
    it.each([
      ['a foreign process', (inner: number) => `${inner}\n`],
      ['init', () => '1\n'],
      ['nobody', () => '4194304\n'],
      ['nothing', () => ''],
      ['no number', () => '$(touch /run/canary)\n'],
    ])('that names %s, is stopped, and starts; a stop leaves others alone', async (_what, text) => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      const inner = await startBystander(apache);
      apache.write(PID_FILE, text(inner));
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 7 });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
      apache.write(PID_FILE, text(inner));
      expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
      // It runs, but who goes by the file does not find it.
      apache.write(PID_FILE, text(inner));
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 190 });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
      expect(apache.servers()).toEqual([]);
      expect(pidOf(apache, inner)).toBeDefined();
      expect(await apache.sh('ls /run')).not.toContain('canary');
    });
  });

  it('leaves alone who only has the same words in its command line', async () => {
    await using apache = await openApacheStage(way);
    const site = apache.site({ port: PORT });
    const inner = await startBystander(apache);
    await apache.call('start', site);
    killProcess(apache.main(PID_FILE).pid, 'SIGKILL');
    expect(await apache.call('start', site)).toMatchObject({ rc: 0 });
    expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
    expect(apache.servers()).toEqual([]);
    expect(pidOf(apache, inner)).toBeDefined();
  });

  it('never gives a word of its configuration or its parameters to a shell', async () => {
    await using apache = await openApacheStage(way);
    const hostile = '/run/site/x;touch /run/canary;$(touch /run/canary)`touch /run/canary`';
    const site = apache.site({ port: PORT, pidFile: `"${hostile}"` });
    const parameters = { ...site, options: '-D "$(touch /run/canary)" -D ;touch -D /run/canary' };
    for (const action of ['validate-all', 'start', 'monitor', 'stop']) {
      await apache.call(action, parameters);
    }
    expect(apache.servers()).toEqual([]);
    expect(await apache.sh('ls /run')).not.toContain('canary');
  });

  describe('that can’t start', () => {
    it('because of its configuration, says so at once with its own words', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT, lines: ['NoSuchDirective on'] });
      const reason = expect.stringMatching(/line \d+ of \/run\/site\/site\.conf.*NoSuchDirective/);
      expect(await apache.call('start', site, { timeoutMs: 40_000 })).toMatchObject({ rc: 6, reason });
      expect(await apache.call('validate-all', site, { checkLevel: 10 })).toMatchObject({ rc: 6, reason });
      expect(await apache.call('monitor', site, PROBE)).toMatchObject({ rc: 7 });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
    });

    it('because its port is taken, says so at once with its own words', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      const server = createServer();
      await new Promise<void>((listening) => server.listen(PORT, '127.0.0.1', listening));
      const answer = await apache.call('start', site, { timeoutMs: 40_000 });
      await new Promise((closed) => server.close(closed));
      expect(answer).toMatchObject({ rc: 1, isTimedOut: false });
      expect(answer.reason).toContain(`AH00072: make_sock: could not bind to address 127.0.0.1:${PORT}`);
      expect(await apache.call('start', site)).toMatchObject({ rc: 0 });
    });

    it('because nothing runs though it said so, says what its error log has', async () => {
      await using apache = await openApacheStage(way);
      const fault = '[Sun Nov 22 22:00:00 2026] [core:emerg] [pid 7] AH00020: gone';
      const launcher = `#!/bin/sh
case "$*" in *-t*) exec /usr/sbin/apache2 "$@" ;; esac
echo '${fault}' >>/run/site/error.log
`;
      const site = apache.site({ port: PORT });
      apache.write('/run/site/httpd', launcher);
      await apache.sh('chmod 755 /run/site/httpd');
      const parameters = { ...site, httpd: '/run/site/httpd' };
      const answer = await apache.call('start', parameters, { timeoutMs: 40_000 });
      expect(answer).toMatchObject({ rc: 1, isTimedOut: false });
      expect(answer.reason).toContain(`its error log ends with ${fault}`);
      expect(apache.servers()).toEqual([]);
    });

    it('by itself, but by a script around its program, is known again', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      apache.write('/run/site/httpd', '#!/bin/sh\nexec /usr/sbin/apache2 "$@"\n');
      await apache.sh('chmod 755 /run/site/httpd');
      const parameters = { ...site, httpd: '/run/site/httpd' };
      for (const action of ['start', 'monitor', 'stop']) {
        expect(await apache.call(action, parameters), action).toMatchObject({ rc: 0, reason: '' });
      }
      expect(apache.servers()).toEqual([]);
    });

    it('because its program or its configuration is not there, is not installed; a stop is content', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      for (const wrong of [{ httpd: '/usr/sbin/nothing' }, { configfile: '/run/site/nothing.conf' }]) {
        const parameters = { ...site, ...wrong };
        const [path] = Object.values(wrong);
        const reason = expect.stringContaining(path ?? '');
        expect(await apache.call('start', parameters)).toMatchObject({ rc: 5, reason });
        expect(await apache.call('validate-all', parameters, { checkLevel: 10 })).toMatchObject({
          rc: 5,
          reason,
        });
        expect(await apache.call('monitor', parameters, PROBE)).toMatchObject({ rc: 7, reason: '' });
        expect(await apache.call('monitor', parameters)).toMatchObject({ rc: 1, reason });
        expect(await apache.call('stop', parameters)).toMatchObject({ rc: 0, reason: '' });
      }
    });

    it('because nobody answers, fails inside its time, and is stopped again', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      const silent: Socket[] = [];
      const server = createServer((socket) => silent.push(socket.on('error', () => undefined)));
      await new Promise<void>((listening) => server.listen(PORT + 1, '127.0.0.1', listening));
      const statusurl = `http://127.0.0.1:${PORT + 1}/`;
      const answer = await apache.call('start', { ...site, statusurl }, { timeoutMs: 6000 });
      for (const socket of silent) {
        socket.destroy();
      }
      await new Promise((closed) => server.close(closed));
      expect(answer).toMatchObject({ rc: 1, isTimedOut: false });
      expect(answer.reason).toContain(statusurl);
      expect(apache.servers()).toEqual([]);
    });
  });

  it('whose configuration goes while it runs, is degraded, and can be stopped', async () => {
    await using apache = await openApacheStage(way);
    const site = apache.site({ port: PORT });
    await apache.call('start', site);
    await apache.sh('rm /run/site/site.conf');
    expect(await apache.call('monitor', site)).toMatchObject({ rc: 190 });
    expect(await apache.call('stop', site)).toMatchObject({ rc: 0 });
    expect(apache.servers()).toEqual([]);
    expect(await apache.call('monitor', site, PROBE)).toMatchObject({ rc: 7 });
  });

  it('that has work to do, is stopped within its time all the same', async () => {
    await using apache = await openApacheStage(way);
    const site = apache.site({ port: PORT });
    await apache.call('start', site);
    // A worker waits for the rest of this request; it is known to when the server has taken it in.
    const socket = connect(PORT, '127.0.0.1').on('error', () => undefined);
    await new Promise((connected) => socket.once('connect', connected));
    await new Promise((written) =>
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx', written),
    );
    const answer = await apache.call('stop', site, { timeoutMs: 6000 });
    socket.destroy();
    expect(answer).toMatchObject({ rc: 0, isTimedOut: false });
    expect(apache.servers()).toEqual([]);
  });

  it('leaves no semaphores when it was killed', async () => {
    await using apache = await openApacheStage(way);
    const listed = async (): Promise<string> => apache.sh('cat /proc/sysvipc/sem');
    const before = await listed();
    const site = apache.site({
      port: PORT,
      listen: `127.0.0.1:${PORT}\nListen 127.0.0.1:${PORT + 1}`,
      lines: ['Mutex sysvsem default'],
      mpm: 'prefork',
    });
    expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
    expect(await listed()).not.toBe(before);
    signalAll(apache, 'SIGKILL');
    await until(() => apache.servers().length === 0, 'all to end');
    expect(await apache.call('stop', site)).toMatchObject({ rc: 0, reason: '' });
    expect(await listed()).toBe(before);
  });
});
