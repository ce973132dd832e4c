import { describe, expect, it } from 'vitest';
import { whyWithout } from '../../../helpers/needs.ts';
import { useOwnNetwork } from '../../../helpers/own-network.ts';
import { killProcess } from '../../../helpers/pid-namespace.ts';
import { titled } from '../../../helpers/systemd.ts';
import { APACHE_WAYS, openApacheStage } from './apache-stage.ts';

const why = whyWithout('apache2');

useOwnNetwork();

const PROBE = { intervalMs: 0 };
const PORT = 8081;

describe.skipIf(why !== undefined).each(APACHE_WAYS)(
  titled('apache with the configuration of Debian, %s', why),
  (way) => {
    it('starts, is well, and stops, as often as it is told', async () => {
      await using apache = await openApacheStage(way);
      expect(await apache.call('monitor', {}, PROBE)).toMatchObject({ rc: 7, reason: '' });
      expect(await apache.call('stop')).toMatchObject({ rc: 0, reason: '' });
      expect(await apache.call('start')).toMatchObject({ rc: 0, reason: '', stdout: '' });
      const main = apache.main();
      expect(await apache.call('start')).toMatchObject({ rc: 0, reason: '' });
      expect(apache.main().pid).toBe(main.pid);
      for (const action of ['monitor', 'status']) {
        expect(await apache.call(action), action).toMatchObject({ rc: 0, reason: '', stdout: '' });
      }
      expect(await apache.call('monitor', {}, PROBE)).toMatchObject({ rc: 0, reason: '' });
      expect(await apache.call('stop')).toMatchObject({ rc: 0, reason: '', stdout: '' });
      expect(apache.servers()).toEqual([]);
      expect(await apache.sh('ls /run/apache2 /run/bundlet/agents/apache')).not.toMatch(/pid|test/);
      expect(await apache.call('monitor', {}, PROBE)).toMatchObject({ rc: 7, reason: '' });
    });

    it('takes every check level for the next lower one that it knows', async () => {
      await using apache = await openApacheStage(way);
      await apache.call('start');
      for (const checkLevel of [0, 5, 10, 15, 20, 99]) {
        expect(await apache.call('monitor', {}, { checkLevel }), `level ${checkLevel}`).toMatchObject({
          rc: 0,
        });
      }
    });

    it('reads its configuration anew without an end of requests, but not a wrong one', async () => {
      await using apache = await openApacheStage(way);
      expect(await apache.call('reload')).toMatchObject({
        rc: 1,
        reason: expect.stringContaining('start it'),
      });
      expect(await apache.call('reload-agent')).toMatchObject({ rc: 1 });
      expect(apache.servers()).toEqual([]);

      await apache.call('start');
      const main = apache.main();
      apache.write('/var/log/apache2/page.html', '<html>changed</html>');
      await apache.sh(
        `echo 'Alias /changed /var/log/apache2/page.html
<Directory /var/log/apache2>
Require all granted
</Directory>' >>/etc/apache2/apache2.conf; chmod 755 /var/log/apache2`,
      );
      expect(await apache.call('reload')).toMatchObject({ rc: 0, reason: '' });
      expect(apache.main().pid).toBe(main.pid);
      const changed = { statusurl: '/changed', testregex: '>changed<' };
      expect(await apache.call('reload-agent', changed)).toMatchObject({ rc: 0, reason: '' });
      expect(await apache.call('monitor', changed)).toMatchObject({ rc: 0 });

      await apache.sh('echo "No such directive" >>/etc/apache2/apache2.conf');
      const reason = expect.stringMatching(/apache2\.conf.*Invalid command 'No'/);
      expect(await apache.call('reload')).toMatchObject({ rc: 6, reason });
      expect(await apache.call('monitor', changed)).toMatchObject({ rc: 0 });
      expect(await apache.call('monitor', changed, { checkLevel: 20 })).toMatchObject({ rc: 190 });
    });

    it('is found when somebody else has started it, and stopped', async () => {
      await using apache = await openApacheStage(way);
      await apache.sh('apache2ctl start');
      expect(await apache.call('monitor', {}, PROBE)).toMatchObject({ rc: 0 });
      expect(await apache.call('start')).toMatchObject({ rc: 0 });
      expect(await apache.call('stop')).toMatchObject({ rc: 0 });
      expect(apache.servers()).toEqual([]);
    });

    it('runs several instances side by side, by names that begin alike', async () => {
      await using apache = await openApacheStage(way);
      const first = apache.site({ port: PORT, file: '/run/one/site.conf' });
      const second = apache.site({ port: PORT + 1, file: '/run/one/site.conf2', pidFile: 'second.pid' });
      const third = apache.site({ port: PORT + 2, file: '/run/with space/site.conf' });
      const all = [first, second, third].map((parameters, index) => ({
        parameters,
        instance: `web:${index}`,
      }));
      for (const { parameters, instance } of all) {
        expect(await apache.call('start', parameters, { instance })).toMatchObject({ rc: 0, reason: '' });
      }
      for (const { parameters, instance } of all) {
        expect(await apache.call('monitor', parameters, { instance })).toMatchObject({ rc: 0, reason: '' });
      }
      expect(await apache.call('stop', first, { instance: 'web:0' })).toMatchObject({ rc: 0 });
      expect(await apache.call('monitor', first, { instance: 'web:0' })).toMatchObject({ rc: 7 });
      expect(await apache.call('monitor', second, { instance: 'web:1' })).toMatchObject({ rc: 0 });
      // What is left of the second must not be taken for the first's.
      killProcess(apache.main('/run/one/second.pid').pid, 'SIGKILL');
      expect(await apache.call('start', first, { instance: 'web:0' })).toMatchObject({ rc: 0 });
      expect(await apache.call('stop', third, { instance: 'web:2' })).toMatchObject({ rc: 0 });
      expect(await apache.call('monitor', second, { instance: 'web:1' })).toMatchObject({ rc: 1 });
    });
  },
);
