// What surrounds a server: who has started it, disks, environment files, words of the command line.
import { describe, expect, it } from 'vitest';
import { whyWithout } from '../../../helpers/needs.ts';
import { useOwnNetwork } from '../../../helpers/own-network.ts';
import { killProcess, until } from '../../../helpers/pid-namespace.ts';
import { titled } from '../../../helpers/systemd.ts';
import { APACHE_WAYS, DEBIAN_CONFIG, openApacheStage } from './apache-stage.ts';

const why = whyWithout('apache2');

useOwnNetwork();

const PORT = 8130;
const PROBE = { intervalMs: 0 };

describe.skipIf(why !== undefined).each(APACHE_WAYS)(
  titled('apache and what is around it, %s', why),
  (way) => {
    it.each([
      ['a start', 'start', {}],
      ['a probe', 'monitor', PROBE],
    ])(
      'stops a server of somebody else that %s has found, also when its configuration is gone',
      async (_who, action, extras) => {
        await using apache = await openApacheStage(way);
        await apache.sh(
          'mkdir -p /run/apache2 /run/lock/apache2; APACHE_ULIMIT_MAX_FILES=: apachectl start >/dev/null 2>&1',
        );
        await until(() => apache.servers().length > 1, 'the server');
        expect(await apache.call(action, {}, extras)).toMatchObject({ rc: 0, reason: '' });
        await apache.sh(`mv ${DEBIAN_CONFIG} ${DEBIAN_CONFIG}.gone`);
        expect(await apache.call('monitor')).toMatchObject({ rc: 190 });
        expect(await apache.call('stop')).toMatchObject({ rc: 0, reason: '' });
        expect(apache.servers()).toEqual([]);
        expect(await apache.sh('ls /run/bundlet/agents/apache')).toBe('');
      },
    );

    it('knows a server again whose program is a link of another name, as SUSE has it', async () => {
      await using apache = await openApacheStage(way);
      const site = { ...apache.site({ port: PORT }), httpd: '/run/site/httpd' };
      await apache.sh('ln -s /usr/sbin/apache2 /run/site/httpd');
      const ours = () =>
        apache.stage.daemon.namespace
          .processes()
          .filter(({ name, state }) => name === 'httpd' && state !== 'Z');
      expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 0, reason: '' });
      const main = ours().find(({ innerPid }) => innerPid === Number(apache.read('/run/site/apache.pid')));
      killProcess(main?.pid ?? -1, 'SIGKILL');
      await until(() => ours().every(({ pid }) => pid !== main?.pid), 'the main process to end');
      expect(ours().length).toBeGreaterThan(0);
      const reason = expect.stringContaining('Expected a main process');
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 1, reason });
      expect(await apache.call('stop', site)).toMatchObject({ rc: 0, reason: '' });
      expect(ours()).toEqual([]);
    });

    it('starts anew what was stopped by a signal, and does not call it running', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      await apache.call('start', site);
      const frozen = apache.servers().map(({ pid }) => pid);
      for (const pid of frozen) {
        killProcess(pid, 'SIGSTOP');
      }
      await until(() => apache.servers().every(({ state }) => state === 'T'), 'all to be stopped');
      expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
      expect(apache.servers().some(({ pid }) => frozen.includes(pid))).toBe(false);
      expect(await apache.call('monitor', site)).toMatchObject({ rc: 0 });
    });

    it('does not call a server started that does not answer as it should', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      await apache.call('start', site);
      const answer = await apache.call('start', { ...site, statusurl: '/', testregex: 'nothing of that' });
      expect(answer).toMatchObject({ rc: 1, reason: expect.stringContaining('nothing of that') });
    });

    it('leaves nothing when it can’t write down what it has started', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      const folder = '/run/bundlet/agents/apache/test';
      // A page for the lock of a start, and none for its state.
      await apache.sh(`mkdir -p ${folder}; mount -t tmpfs -o size=8k tmpfs ${folder}`);
      await apache.sh(`head -c 4096 /dev/zero >${folder}/fill`);
      const reason = expect.stringMatching(/Expected .*state\.json to be written, got ENOSPC/);
      expect(await apache.call('start', site)).toMatchObject({ rc: 1, reason });
      expect(apache.servers()).toEqual([]);
      expect(await apache.call('monitor', site, PROBE)).toMatchObject({ rc: 7 });
    });

    it('is content with a fresh container, and with no configuration that is wrong', async () => {
      await using apache = await openApacheStage(way);
      const level = { checkLevel: 10 };
      expect(await apache.call('validate-all', {}, level)).toMatchObject({ rc: 0, reason: '' });
      await apache.sh(`echo NoSuchDirective >>${DEBIAN_CONFIG}; mkdir -p /run/apache2 /run/lock/apache2`);
      expect(await apache.call('validate-all', {}, level)).toMatchObject({ rc: 6 });
    });

    it('has time for a stop beside an environment file that hangs', async () => {
      await using apache = await openApacheStage(way);
      const site = { ...apache.site({ port: PORT }), envfiles: '/run/site/env' };
      apache.write('/run/site/env', 'export GREETING=hello PATH=/nowhere\n');
      expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
      apache.write('/run/site/env', '/bin/sleep 1000\n');
      const reason = expect.stringContaining('no end of it');
      const limit = { timeoutMs: 8000 };
      expect(await apache.call('validate-all', site, { ...limit, checkLevel: 10 })).toMatchObject({
        rc: 1,
        reason,
      });
      const answer = await apache.call('stop', site, limit);
      expect(answer).toMatchObject({ rc: 0, reason: '', isTimedOut: false });
      expect(apache.servers()).toEqual([]);
    });

    it('tells that a page is too long to be searched whole', async () => {
      await using apache = await openApacheStage(way);
      const site = apache.site({ port: PORT });
      apache.write('/run/site/www/index.html', `${'x'.repeat(2_000_000)}</html>\n`);
      const reason = expect.stringContaining('Expected the first 1048576 characters of the answer');
      expect(await apache.call('start', { ...site, statusurl: '/' })).toMatchObject({ rc: 1, reason });
    });
  },
);
