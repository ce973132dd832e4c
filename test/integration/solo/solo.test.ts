import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MPM } from '../../helpers/apache.ts';
import { useAudit } from '../../helpers/audit.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { bundlet } from '../control/cli.ts';
import { freePort, HOST, runDaemon, startDaemon } from '../daemon/support.ts';
import { actor, definition, isIn, nvpair, soloState, startFileAgent } from './stage.ts';

useAudit();

const AGENTS = join(import.meta.dirname, '../../../build/root/usr/lib/ocf');

describe('solo mode', () => {
  it('starts what it is told, watches it, and stops it before the container ends', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    await daemon.logged('op.recurred', 0);
    const status = await bundlet(daemon.scratch, 'status', '-o', 'json');
    expect(JSON.parse(status.out)).toMatchObject({ solo: { state: 'running', failCount: 0 } });
    expect((await bundlet(daemon.scratch, 'readyz')).status).toBe(0);
    daemon.namespace.signal('SIGTERM');
    expect((await daemon.namespace.ended).status).toBe(0);
    const operations = daemon
      .log()
      .filter(({ event }) => event === 'op.finished')
      .map(({ op, rc }) => `${op} ${rc}`);
    expect(operations).toEqual(['monitor 7', 'start 0', 'monitor 0', 'stop 0']);
  });

  it('restarts inside the container what has died', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    for (let failures = 1; failures <= 3; failures += 1) {
      await daemon.namespace.enter(['rm', '-f', join(daemon.scratch, 'state')]);
      await daemon.logged('solo.failed', failures);
      await until(
        () =>
          daemon.log().filter(({ event, op, rc }) => event === 'op.finished' && op === 'start' && rc === 0)
            .length ===
          failures + 1,
        'a start',
      );
    }
    await isIn(daemon, 'running');
  });

  it('gives up at migration-threshold: stops it, and ends with 101 and a last line that says why', async () => {
    const sh =
      'case $0 in monitor) test "$OCF_RESKEY_CRM_meta_interval" = 0 && exit 7; echo "ocf-exit-reason:the disk is gone" >&2; exit 1;; esac';
    const { status, stdout, stderr } = await runDaemon({
      prelude: definition(actor({ sh, meta: nvpair('migration-threshold', '2') })),
    });
    expect(status).toBe(101);
    const last = stderr.trimEnd().split('\n').at(-1);
    expect(last).toContain(
      'monitor of app failed: the disk is gone (failure 2 of 2); the container ends with status 101',
    );
    const operations = [...stdout.matchAll(/"event":"op.finished".*?"op":"(\w+)"/g)].map(([, op]) => op);
    expect(operations).toEqual(['monitor', 'start', 'monitor', 'stop', 'start', 'monitor', 'stop']);
  });

  it.each([
    ['a start that fails, unless it is said otherwise', '', 'start'],
    ['what is not installed', nvpair('start-failure-is-fatal', 'false'), 'monitor'],
  ])('gives up at once for %s', async (_what, meta, failing) => {
    const sh =
      failing === 'start'
        ? 'case $0 in monitor) exit 7;; start) exit 1;; esac'
        : 'case $0 in monitor) exit 5;; esac';
    const { status, stderr } = await runDaemon({ prelude: definition(actor({ sh, meta })) });
    expect([status, stderr]).toEqual([101, expect.stringContaining(`${failing} of app failed`)]);
  });

  it.each([
    ['block', 'blocked'],
    ['stop', 'stopped'],
  ])('with on-fail=%s it is %s, and the container lives', async (onFail, state) => {
    const sh = 'case $0 in monitor) test "$OCF_RESKEY_CRM_meta_interval" = 0 && exit 7; exit 1;; esac';
    const op = `<op id="m" name="monitor" interval="100ms" timeout="5s" on-fail="${onFail}"/>`;
    await using daemon = await startDaemon({ prelude: definition(actor({ sh, op })) });
    await isIn(daemon, state);
    expect((await bundlet(daemon.scratch, 'readyz')).status).toBe(1);
  });

  it('with on-fail=ignore goes on as if nothing had happened', async () => {
    const sh = 'case $0 in monitor) test "$OCF_RESKEY_CRM_meta_interval" = 0 && exit 7; exit 1;; esac';
    const op = '<op id="m" name="monitor" interval="100ms" timeout="5s" on-fail="ignore"/>';
    await using daemon = await startDaemon({ prelude: definition(actor({ sh, op })) });
    const [failed] = await daemon.logged('solo.failed');
    expect(failed).toMatchObject({ reaction: 'ignore', failCount: 0 });
    expect(soloState(daemon)).toBe('running');
  });

  it('forgets failures after failure-timeout', async () => {
    const sh = 'case $0 in monitor) test "$OCF_RESKEY_CRM_meta_interval" = 0 && exit 7; exit 1;; esac';
    const op = '<op id="m" name="monitor" interval="100ms" timeout="5s" on-fail="block"/>';
    await using daemon = await startDaemon({
      prelude: definition(actor({ sh, op, meta: nvpair('failure-timeout', '500ms') })),
    });
    await daemon.logged('solo.forgotten');
    await daemon.logged('solo.failed', 2);
  });

  it('yields to a cluster, and takes over again if it is to', async () => {
    await using daemon = await startFileAgent({ BUNDLET_SOLO_RESUME: 'yes' });
    await isIn(daemon, 'running');
    const cluster = await daemon.connect({ name: 'node-1', isIpcProvider: true });
    await isIn(daemon, 'yielded');
    await daemon.logged('op.cancelled');
    cluster.close();
    await daemon.logged('solo.resumed');
    await isIn(daemon, 'running');
    const starts = daemon.log().filter(({ event, op }) => event === 'op.finished' && op === 'start');
    expect(starts.length).toBe(1);
  }, 40_000);

  it('goes on after the daemon was killed', async () => {
    await using daemon = await startFileAgent();
    await isIn(daemon, 'running');
    process.kill(daemon.daemonPid(), 'SIGKILL');
    await daemon.logged('solo.begun', 2);
    await until(
      () =>
        daemon.log().filter(({ event, state }) => event === 'solo.state' && state === 'running').length === 2,
      'running again',
    );
    const status = JSON.parse((await bundlet(daemon.scratch, 'status', '-o', 'json')).out) as object;
    expect(status).toMatchObject({ init: { daemonRestarts: 1 } });
  });

  it.each([
    [
      'no file',
      'export BUNDLET_SOLO=/nonexistent.xml',
      /Expected a definition at \/nonexistent.xml, got ENOENT/,
    ],
    ['no XML', definition('<primitive'), /Expected XML in/],
    ['no primitive', definition('<bundle id="b"/>'), /Expected one <primitive>/],
    ['a group', definition('<group id="g"><primitive id="a" class="lsb" type="x"/></group>'), /got <group>/],
    [
      'a wrong time',
      definition(actor({ sh: 'exit', op: '<op id="o" name="monitor" interval="soon"/>' })),
      /interval to be a time/,
    ],
  ])('does not start with %s, and says so in one line', async (_what, prelude, message) => {
    const { status, stderr } = await runDaemon({ prelude });
    expect([status, stderr]).toEqual([100, expect.stringMatching(message)]);
  });
});

describe.skipIf(whyWithout('apache2') !== undefined)('solo mode with a real apache2', () => {
  it('is killed a hundred times at random moments and always comes back; then it is hopeless', async () => {
    const port = await freePort();
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`seed ${seed}`);
    const xml = `<primitive id="web" class="ocf" provider="bundlet" type="apache">
  <meta_attributes id="ma">${nvpair('start-failure-is-fatal', 'false')}</meta_attributes>
  <instance_attributes id="ia">CONFIG${nvpair('httpd', '/usr/sbin/apache2')}</instance_attributes>
  <operations><op id="m" name="monitor" interval="200ms" timeout="10s"/><op id="s" name="start" timeout="20s" interval="0"/><op id="t" name="stop" timeout="20s" interval="0"/></operations></primitive>`;
    await using daemon = await startDaemon({
      env: { OCF_ROOT: AGENTS },
      prelude: `mkdir "$scratch/www" && echo hello >"$scratch/www/index.html"
cat >"$scratch/httpd.conf" <<CONF
ServerRoot /usr/lib/apache2
${MPM}
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
ServerName localhost
Listen ${HOST}:${port}
PidFile $scratch/httpd.pid
ErrorLog $scratch/error.log
DocumentRoot $scratch/www
StartServers 1
CONF
${definition(xml.replace('CONFIG', '<nvpair id="c" name="configfile" value="@/httpd.conf"/>'))}
sed -i "s#@#$scratch#" "$scratch/solo.xml"`,
    });
    const page = (): Promise<string> =>
      fetch(`http://${HOST}:${port}/`, { signal: AbortSignal.timeout(2000) })
        .then((answer) => answer.text())
        .catch(() => '');
    let random = seed;
    const next = (limit: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return Math.floor((random / 2 ** 32) * limit);
    };
    const isBack = async (): Promise<void> => {
      const limit = Date.now() + 30_000;
      while ((await page()) !== 'hello\n') {
        if (Date.now() > limit) {
          throw new Error(
            `Expected the page to be back (seed ${seed}), got ${JSON.stringify(daemon.log().slice(-8))}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await isBack();
    for (let round = 0; round < 100; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, next(120)));
      for (const { pid } of daemon.namespace.processes().filter(({ name }) => name.startsWith('apache2'))) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself meanwhile.
        }
      }
      await isBack();
    }
    const { out } = await bundlet(daemon.scratch, 'status', '-o', 'json');
    const { resources } = JSON.parse(out) as { resources: { restarts: number }[] };
    expect(resources[0]?.restarts).toBeGreaterThan(20);
    // Its configuration is damaged: no start can succeed, and the agent says that it is no use to try.
    writeFileSync(join(daemon.scratch, 'httpd.conf'), 'Nonsense\n');
    for (const { pid } of daemon.namespace.processes().filter(({ name }) => name.startsWith('apache2'))) {
      process.kill(pid, 'SIGKILL');
    }
    const { status, stderr } = await daemon.namespace.ended;
    expect([status, stderr]).toEqual([
      101,
      expect.stringMatching(/of web failed: .*the container ends with status 101/),
    ]);
  }, 240_000);
});
