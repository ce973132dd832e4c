import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteClient } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { schemaFaults } from '../../helpers/json-schema.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { act, controlSocketIn, HOST, type RunningDaemon, startDaemon } from '../daemon/support.ts';
import { begin, type Did } from './cli.ts';

useAudit();

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const CANARY = 'CANARY-a8f31c';

let daemon: RunningDaemon;
let client: RemoteClient;
const run = (...args: readonly string[]): Promise<Did> =>
  begin(args, {
    BUNDLET_CONTROL_SOCKET: controlSocketIn(daemon.scratch),
    // The machine may have one of its own.
    PCMK_authkey_location: join(daemon.scratch, 'no-key'),
  }).done;
const schemaOf = (kind: string) =>
  JSON.parse(readFileSync(join(CHECKOUT, `docs/schemas/${kind}.schema.json`), 'utf8')) as object;

beforeAll(async () => {
  daemon = await startDaemon({ env: { PCMK_authkey_note: CANARY, BUNDLET_HTTP: '0' } });
  client = await daemon.connect({ name: 'node-1' });
  await act(client, 'exit 0', { action: 'start', parameters: { password: CANARY } });
  await act(client, `echo "ocf-exit-reason:can not log in with ${CANARY}" >&2; exit 1`, {
    parameters: { password: CANARY },
  });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
});

describe('bundlet beside a daemon', () => {
  it.each([
    [['status'], 'status', 0],
    [['resources'], 'resources', 0],
    [['history'], 'history', 0],
    [['history', 'actor', '--failures', '--limit', '1'], 'history', 0],
    [['explain', 'actor'], 'explanation', 1],
    [['livez'], 'health', 0],
    [['healthz', '-v'], 'health', 1],
    [['doctor'], 'checks', 0],
    [['log-level'], 'log-level', 0],
    [['exec', 'actor', 'monitor'], 'exec', 1],
    [['agents', 'list', 'ocf:test'], 'agents', 0],
    [['config', 'check'], 'config', 1],
  ])('%j prints JSON and YAML as %s.schema.json says', async (args, kind, status) => {
    const json = await run(...args, '--output', 'json');
    expect([json.status, json.err]).toEqual([status, '']);
    const document = JSON.parse(json.out) as object;
    expect(document).toMatchObject({ schema: `bundlet.${kind}/1` });
    expect(schemaFaults(schemaOf(kind) as never, document)).toEqual([]);
    const yaml = await run(...args, '--output', 'yaml');
    expect(yaml.out).toContain(`schema: bundlet.${kind}/1\n`);
  });

  it('shows a table of what there is', async () => {
    const { out } = await run('status');
    expect(out).toMatch(/^Daemon +Bundlet \S+ is running/);
    expect(out).toContain('node-1');
    expect(out).toMatch(/RESOURCE +AGENT +STATE +SINCE/);
    expect(out).toMatch(/actor +ocf:test:actor +failed/);
  });

  it('explains a failure: reason, output, what ran, what to do, and no secret', async () => {
    const { status, out } = await run('explain', 'actor');
    expect(status).toBe(1);
    expect(out).toContain('reason     can not log in with ***');
    expect(out).toContain('password=***');
    expect(out).toContain('What to do:');
    expect(out).not.toContain(CANARY);
  });

  it('runs an action by hand in its turn, and what harms only when it is forced', async () => {
    const looked = await run('exec', 'actor', 'monitor', '-p', 'sh=echo looked; exit 7');
    expect([looked.status, looked.out]).toEqual([0, expect.stringContaining('7 (not running)')]);
    expect(looked.out).toContain('looked');
    const refused = await run('exec', 'actor', 'stop');
    expect([refused.status, refused.err]).toEqual([
      3,
      expect.stringContaining('while node-1 looks after actor'),
    ]);
    const forced = await run('exec', 'actor', 'stop', '--force', '-p', 'sh=exit 0');
    expect(forced.status).toBe(0);
  });

  it('traces a shell agent', async () => {
    // The fixture's agent does not know of tracing; one that does writes to the folder that it is told.
    const sh =
      'mkdir -p "$OCF_RESKEY_trace_dir/a" && echo "+ step one" > "$OCF_RESKEY_trace_dir/a/b"; exit 0';
    const { out } = await run('exec', 'actor', 'monitor', '--trace', '-p', `sh=${sh}`);
    expect(out).toContain('Trace:\n+ step one');
  });

  it('tells of a resource that is not there, and of those that are', async () => {
    const { status, err } = await run('explain', 'wbe');
    expect([status, err]).toEqual([3, 'bundlet: Expected one of the resources (actor), got wbe\n']);
  });

  it('waits until a resource is in a state', async () => {
    const waiting = begin(['wait', 'actor', 'running', '--timeout', '20'], {
      BUNDLET_CONTROL_SOCKET: controlSocketIn(daemon.scratch),
    });
    await act(client, 'exit 0', { action: 'start' });
    expect((await waiting.done).status).toBe(0);
    const late = await run('wait', 'actor', 'stopped', '--timeout', '300ms');
    expect([late.status, late.err]).toEqual([
      1,
      'bundlet: Expected actor to be stopped within 0.3 s, it is running\n',
    ]);
  });

  it('shows events as they happen, until Ctrl-C', async () => {
    const watching = begin(['watch', '--output', 'json'], {
      BUNDLET_CONTROL_SOCKET: controlSocketIn(daemon.scratch),
    });
    await until(() => {
      void act(client, 'exit 7');
      return watching.out().includes('op.finished');
    }, 'an event');
    watching.stop('SIGINT');
    const { status, out } = await watching.done;
    expect(status).toBe(0);
    for (const line of out.trimEnd().split('\n')) {
      expect(schemaFaults(schemaOf('event') as never, JSON.parse(line))).toEqual([]);
    }
  });

  it('shows the newest lines of the log, of one resource', async () => {
    const { out } = await run('logs', 'actor', '-n', '500');
    expect(out).toMatch(/op\.finished .* rsc=actor op=start/);
    expect(out).not.toContain('daemon.listening');
    expect((await run('logs', '-n', '500')).out).toContain('daemon.listening');
    expect(out).not.toContain(CANARY);
  });

  it('sets the level of the log while the daemon runs', async () => {
    expect((await run('log-level', 'debug')).out).toBe('debug\n');
    await act(client, 'exit 0');
    await daemon.logged('op.started');
    expect((await run('log-level', 'info')).out).toBe('info\n');
    expect((await run('log-level', 'loud')).err).toContain('Expected a level of error, warning');
  });

  it('prints metrics, in which nothing is missing that is 0', async () => {
    const { out } = await run('metrics');
    expect(out).toMatch(/^pcmk_agent_operations_total\{resource="actor",action="start",result="ok"\} [1-9]/m);
    expect(out).toMatch(
      /^pcmk_agent_operations_total\{resource="actor",action="start",result="failed"\} 0$/m,
    );
    expect(out).toMatch(/^pcmk_agent_orphans_reaped_total \d+$/m);
    expect(out).toMatch(/# EOF\n$/);
  });

  it('asks the same through port 3121, and is no controller there', async () => {
    const where = ['--host', `${HOST}:${daemon.port}`, '--authkey', daemon.keyFile];
    const { status, out, err } = await run('status', ...where, '--output', 'json');
    expect([status, err]).toEqual([0, '']);
    const { peers } = JSON.parse(out) as { peers: { name?: string }[] };
    expect(peers.map(({ name }) => name)).toEqual(['node-1', undefined]);
    const connected = await run(
      'connect',
      `${HOST}:${daemon.port}`,
      '--authkey',
      daemon.keyFile,
      'history',
      'actor',
      '--limit',
      '1',
    );
    expect([connected.status, connected.out]).toEqual([0, expect.stringContaining('actor')]);
    expect(daemon.log().filter(({ event }) => event === 'session.dropped-recurring')).toEqual([]);
  });

  it('finds out from the other end what is wrong: a port, a key', async () => {
    const well = await run('doctor', '--host', `${HOST}:${daemon.port}`, '--authkey', daemon.keyFile);
    expect([well.status, well.out]).toEqual([0, expect.stringContaining('[+] protocol: Bundlet')]);
    expect(well.out).toMatch(/\[\+\] our-key: 4096 bytes, fingerprint [0-9a-f]{16}/);
    const otherKey = join(daemon.scratch, 'other-key');
    writeFileSync(otherKey, 'x'.repeat(64));
    const wrong = await run('doctor', '--host', `${HOST}:${daemon.port}`, '--authkey', otherKey);
    expect([wrong.status, wrong.out]).toEqual([1, expect.stringContaining('[-] tls:')]);
    expect(wrong.out).toContain('The keys differ');
    const closed = await run('doctor', '--host', `${HOST}:1`, '--authkey', daemon.keyFile);
    expect(closed.out).toContain('[-] tcp: port 1: ECONNREFUSED');
  });

  it('writes a report without secrets', async () => {
    const file = join(daemon.scratch, 'report.tar.gz');
    const { status, err } = await begin(['report', '--file', file], {
      BUNDLET_CONTROL_SOCKET: controlSocketIn(daemon.scratch),
      PCMK_some_password: CANARY,
    }).done;
    expect([status, err]).toEqual([0, '']);
    const names = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' });
    for (const name of ['status.json', 'history.json', 'events.ndjson', 'metrics.txt', 'settings.json']) {
      expect(names).toContain(`/${name}\n`);
    }
    const text = execFileSync('tar', ['-xzOf', file], { encoding: 'utf8' });
    expect(text).toContain('can not log in with ***');
    expect(text).toContain('"PCMK_some_password": "***"');
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(readFileSync(daemon.keyFile).toString('base64').slice(0, 40));
  });

  it('serves health and metrics by HTTP where it is asked to', async () => {
    const [{ port }] = (await daemon.logged('control.http')) as unknown as [{ port: number }];
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get('/livez')).text()).toBe('ok\n');
    expect((await get('/metrics')).headers.get('content-type')).toContain('openmetrics-text');
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/readyz?verbose')).status).toBeGreaterThanOrEqual(200);
    expect((await fetch(`http://127.0.0.1:${port}/livez`, { method: 'POST' })).status).toBe(405);
  });

  it('says in one line that no daemon is there', async () => {
    const { status, out, err } = await begin(['status', '--socket', '/nonexistent/control.sock']).done;
    expect([status, out]).toEqual([3, '']);
    expect(err).toMatch(
      /^bundlet: Expected a Bundlet daemon at \/nonexistent\/control\.sock, there is no such socket[^\n]*\n$/,
    );
  });
});

describe('a monitor that hangs', () => {
  it('is looked at before it is killed: in the reason, in explain, in the log', async () => {
    const result = await act(client, 'echo waiting for the disk; sleep 60', { timeoutMs: 700 });
    expect(result.status).toBe(2);
    expect(result.exitReason).toMatch(
      /^Resource agent did not complete within 700ms; it was in sleep \(pid \d+, sleeping( in \w+)?\); its last line was: waiting for the disk$/,
    );
    const { out } = await run('explain', 'actor');
    expect(out).toMatch(/What it did when its time was over:\n +PID +PARENT +STATE/);
    expect(out).toContain('sleep 60');
    expect(out).toContain('waiting for the disk');
    const [hung] = await daemon.logged('op.hung');
    expect(hung?.['processes']).toContain('sleep 60');
  });
});

describe('the control socket', () => {
  it('is for root and the user of the daemon alone', () => {
    const modes = execFileSync(
      'stat',
      ['-c', '%a', controlSocketIn(daemon.scratch), join(daemon.scratch, 'control')],
      {
        encoding: 'utf8',
      },
    );
    expect(modes).toBe('600\n700\n');
  });
});

describe('bundlet wait', () => {
  it('waits for a daemon that is not there yet, and says so when it does not come', async () => {
    const { status, err } = await begin(['wait', 'web', '--timeout', '1500ms', '--socket', '/nonexistent/s'])
      .done;
    expect([status, err]).toEqual([
      1,
      expect.stringContaining('Expected web to be running within 1.5 s, Expected a Bundlet daemon at'),
    ]);
  });
});
