import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RemoteClient } from '../../../src/client/index.ts';
import { type AlertFields, writeAlert } from '../../../src/protocol/alert.ts';
import { useAudit } from '../../helpers/audit.ts';
import { killProcess, readProcess, until } from '../../helpers/pid-namespace.ts';
import { ALERT_FIXTURES, accounts, HACLUSTER, type RunningDaemon, startDaemon, zombies } from './support.ts';

const audit = useAudit();

const isRoot = process.getuid?.() === 0;

/** Debian's own sample, where Pacemaker is installed. */
const SAMPLE = '/usr/share/pacemaker/alerts/alert_file.sh.sample';

const GROUPS = 'supplement:x:99:hacluster';

/** With `$scratch/tell`, which is the agent, and `$scratch/out`, where it may write; the account is the test's own. */
function start(account = HACLUSTER): Promise<RunningDaemon> {
  return startDaemon({
    env: { PCMK_debug: 'yes', INHERITED: 'yes' },
    prelude: [
      `cp ${ALERT_FIXTURES}/tell "$scratch/tell"; chmod 711 "$scratch"; mkdir "$scratch/out"; chmod 1777 "$scratch/out"`,
      accounts(account),
      `{ cat /etc/group; echo '${GROUPS}'; } >"$scratch/group"; mount --bind "$scratch/group" /etc/group`,
    ].join('; '),
  });
}

async function send(client: RemoteClient, fields: Partial<AlertFields>): Promise<number> {
  const alert = { id: 'mail', path: '', timeoutMs: 20_000, parameters: new Map<string, string>(), ...fields };
  const reply = await client.send('lrmd_alert_exec', writeAlert(alert));
  return Number(reply.attributes['lrmd_rc']);
}

/** What the recipients heard, without what everybody has. */
const heard = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !/^(PWD|SHLVL|_|OLDPWD)=/.test(line))
    .sort();

const sleepers = (daemon: RunningDaemon): number =>
  daemon.namespace.processes().filter(({ name }) => name === 'sleep').length;

describe('an alert agent', () => {
  it.skipIf(!isRoot)('runs once for each recipient, as hacluster (needs root)', async () => {
    await using daemon = await start();
    const client = await daemon.connect();
    const files = ['one', 'two'].map((name) => join(daemon.scratch, 'out', name));
    for (const [index, file] of files.entries()) {
      const parameters = new Map([
        ['CRM_alert_recipient', file],
        ['CRM_alert_kind', 'node'],
        ['password', `topsecret-${index}`],
      ]);
      expect(await send(client, { path: join(daemon.scratch, 'tell'), parameters })).toBe(0);
    }
    const finished = await daemon.logged('alert.finished', 2);
    expect(finished.map(({ alert, rc }) => [alert, rc])).toEqual([
      ['mail', 0],
      ['mail', 0],
    ]);
    for (const [index, file] of files.entries()) {
      expect(heard(file)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^uid=4711\(hacluster\) gid=4712(\(\w+\))? groups=4712(\(\w+\))?$/),
          'args=0',
          `CRM_alert_recipient=${file}`,
          `CRM_alert_node_sequence=${index + 1}`,
          `CRM_notify_node_sequence=${index + 1}`,
          'CRM_alert_kind=node',
          `password=topsecret-${index}`,
          'INHERITED=yes',
          'PCMK_service=pacemaker-remoted',
        ]),
      );
    }
    expect(daemon.namespace.stdout() + daemon.namespace.stderr()).not.toContain('topsecret');
    expect(zombies(daemon)).toEqual([]);
    audit().log(JSON.stringify(daemon.log()));
    client.close();
    await client.closed;
  });

  it.skipIf(!isRoot)('that is late is killed with all it started; another goes on (needs root)', async () => {
    await using daemon = await start();
    const client = await daemon.connect();
    const path = join(daemon.scratch, 'tell');
    const late = join(daemon.scratch, 'out/late');
    const other = join(daemon.scratch, 'out/other');
    await send(client, {
      path,
      timeoutMs: 500,
      parameters: new Map([
        ['CRM_alert_recipient', late],
        ['nap', '300'],
      ]),
    });
    await send(client, {
      path,
      parameters: new Map([
        ['CRM_alert_recipient', other],
        ['rc', '3'],
      ]),
    });
    const failed = await daemon.logged('alert.failed', 2);
    expect(failed).toEqual([
      expect.objectContaining({ rc: 3, path }),
      expect.objectContaining({
        path,
        reason: 'Expected an exit within 500ms; the agent and its children were killed',
      }),
    ]);
    await until(() => sleepers(daemon) === 0, 'no sleep left');
    expect(readFileSync(late, 'utf8')).not.toContain('done');
    client.close();
    await client.closed;
  });

  it.skipIf(!isRoot)('that can not be run is told in the log only (needs root)', async () => {
    await using daemon = await start();
    const client = await daemon.connect();
    expect(await send(client, { path: join(daemon.scratch, 'missing') })).toBe(0);
    expect(await send(client, { path: daemon.scratch })).toBe(0);
    expect(await send(client, { path: 'tell' })).toBe(0);
    const failed = await daemon.logged('alert.failed', 3);
    expect(failed.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/No such file or directory$/),
        expect.stringMatching(/Permission denied$/),
      ]),
    );
    await client.poke();
    client.close();
    await client.closed;
  });

  it.skipIf(!isRoot)('is refused without the account, and the daemon stays (needs root)', async () => {
    await using daemon = await start('somebody:x:1:1::/:/bin/sh');
    const client = await daemon.connect();
    expect(await send(client, { path: join(daemon.scratch, 'tell') })).toBe(-22);
    expect(await daemon.logged('alert.no-account')).toEqual([
      expect.objectContaining({ level: 'error', user: 'hacluster' }),
    ]);
    client.close();
    await client.closed;
  });

  it.skipIf(!isRoot || !existsSync(SAMPLE))(
    'of Pacemaker’s own samples writes its line (needs root, pacemaker)',
    async () => {
      await using daemon = await start();
      const client = await daemon.connect();
      const file = join(daemon.scratch, 'out/log');
      const parameters = new Map([
        ['CRM_alert_recipient', file],
        ['CRM_alert_version', '2.1.5'],
        ['CRM_alert_kind', 'node'],
        ['CRM_alert_node', 'n1'],
        ['CRM_alert_desc', 'lost'],
        ['CRM_alert_timestamp', '12:00'],
      ]);
      expect(await send(client, { path: SAMPLE, parameters })).toBe(0);
      await daemon.logged('alert.finished');
      expect(readFileSync(file, 'utf8')).toBe("12:00: Node 'n1' is now 'lost'\n");
      client.close();
      await client.closed;
    },
  );
});

describe('a stop', () => {
  it.skipIf(!isRoot)('waits for the alerts in flight (needs root)', async () => {
    await using daemon = await start();
    const client = await daemon.connect();
    const file = join(daemon.scratch, 'out/last');
    await send(client, {
      path: join(daemon.scratch, 'tell'),
      parameters: new Map([
        ['CRM_alert_recipient', file],
        ['nap', '1.5'],
      ]),
    });
    await until(() => sleepers(daemon) === 1, 'the agent to sleep');
    const pid = daemon.daemonPid();
    // The daemon alone, as a service manager would; PID 1 ends its agents too.
    killProcess(pid, 'SIGTERM');
    await until(() => (readProcess(pid)?.state ?? 'Z') === 'Z' || readProcess(pid) === undefined, 'the end');
    expect(readFileSync(file, 'utf8')).toMatch(/done\n$/);
    expect(daemon.log().map(({ event }) => event)).toContain('alert.finished');
    client.close();
    await client.closed;
  });
});
