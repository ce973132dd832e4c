import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RemoteClient, Secret } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { ACTOR, act, HOST, REMOTED, runDaemon, startDaemon } from './support.ts';

useAudit();

interface CommandEnd {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program itself, without pcmk-init as PID 1. */
function remoted(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandEnd> {
  return new Promise((resolve) => {
    execFile(REMOTED, args, { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      resolve({
        status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      });
    });
  });
}

async function leave(client: RemoteClient): Promise<void> {
  client.close();
  await client.closed;
}

/** The lines on standard error that are not pcmk-init's. */
const ownLines = (stderr: string): string[] =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('pcmk-init: '));

describe('an orderly end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s says goodbye, tells of it, and takes the agents along',
    async (signal) => {
      await using daemon = await startDaemon();
      const clients = await Promise.all([daemon.connect({ name: 'one' }), daemon.connect({ name: 'two' })]);
      const [client] = clients;
      await client.registerResource(ACTOR);
      const parameters = { sh: 'exec sleep 300' };
      const running = await client.exec({ rscId: ACTOR.id, action: 'start', parameters });
      await until(
        () => daemon.namespace.processes().some(({ name }) => name === 'sleep'),
        'the agent to run',
      );
      daemon.namespace.signal(signal);
      const reasons = await Promise.all(clients.map(({ closed }) => closed));
      expect(reasons.map(({ message }) => message)).toEqual(
        reasons.map(() => expect.stringMatching(/goodbye/)),
      );
      await expect(running.result).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
      // No KILL was needed, else pcmk-init would name who got it.
      expect(await daemon.namespace.ended).toMatchObject({ status: 0, stderr: '' });
      const log = daemon.log();
      const farewell = log.slice(log.findIndex(({ event }) => event === 'daemon.stopping'));
      expect(farewell[0]).toMatchObject({ level: 'notice', signal });
      expect(farewell.filter(({ event }) => event === 'session.ended')).toMatchObject([
        { reason: 'the daemon stops' },
        { reason: 'the daemon stops' },
      ]);
      expect(farewell.at(-1)).toMatchObject({ event: 'daemon.stopped' });
      expect(farewell.filter(({ level }) => level === 'error' || level === 'warning')).toEqual([]);
    },
  );

  it('frees the port at once', async () => {
    const first = await startDaemon();
    const client = await first.connect();
    first.namespace.signal('SIGTERM');
    await first.namespace.ended;
    await client.closed;
    await using second = await startDaemon({ port: first.port });
    await first[Symbol.asyncDispose]();
    await leave(await second.connect());
  });
});

describe('the command line', () => {
  it.each([
    ['--help', 0, /^Usage: pacemaker-remoted /, /^$/],
    ['-?', 0, /^Usage: pacemaker-remoted /, /^$/],
    ['--version', 0, /^Bundlet \d+\.\d+\.\d+\n$/, /^$/],
    ['--bogus', 64, /^$/, /^pacemaker-remoted: .*'--bogus'.*See --help\..*\n$/],
    [
      '--port=0',
      64,
      /^$/,
      /^pacemaker-remoted: Expected a port from 1 to 65535, got "0"\. See --help\..*\n$/,
    ],
    ['--port=65536', 64, /^$/, /got "65536"/],
    ['operand', 64, /^$/, /^pacemaker-remoted: .*operand.*\n$/],
    ['--output-as=html', 64, /^$/, /^pacemaker-remoted: Expected --output-as .*"html".*\n$/],
  ])('%s ends with status %i and one text', async (argument, status, stdout, stderr) => {
    const end = await remoted([argument]);
    expect(end).toMatchObject({
      status,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });
});

describe('the output of --version', () => {
  it.each([
    ['text', /^Bundlet \d+\.\d+\.\d+\n$/],
    [
      'xml',
      /^<pacemaker-result .*<version program="Bundlet" version="[\d.]+" author=".+" build="" features=""\/>.*<\/pacemaker-result>\n$/s,
    ],
    ['none', /^$/],
  ])('as %s', async (format, stdout) => {
    expect(await remoted(['--version', `--output-as=${format}`])).toEqual({
      status: 0,
      stdout: expect.stringMatching(stdout),
      stderr: '',
    });
  });

  it('goes to a file, or is refused in one line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bundlet-output-'));
    const file = join(directory, 'version');
    expect(await remoted(['--version', '--output-to', file])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^Bundlet /);
    expect(await remoted(['--version', '--output-to=-'])).toMatchObject({
      stdout: expect.stringMatching(/^Bundlet /),
    });
    expect(await remoted(['--help', '--output-to', directory])).toMatchObject({
      status: 64,
      stdout: '',
      stderr: expect.stringMatching(/^pacemaker-remoted: Expected --output-to .*\n$/),
    });
    rmSync(directory, { recursive: true });
  });
});

describe('what is wrong in the environment', () => {
  it('is noted once each, and the daemon runs with the defaults', async () => {
    await using daemon = await startDaemon({
      env: {
        PCMK_node_start_state: 'asleep',
        PCMK_debug: 'perhaps',
        PCMK_logpriority: 'loud',
        PCMK_fail_fast: 'yes',
        PCMK_valgrind_enabled: 'no',
        PCMK_ipc_buffer: '1024',
        BUNDLET_SHUTDOWN_TIMEOUT: 'soon',
      },
    });
    const client = await daemon.connect();
    expect(client.daemon.nodeStartState).toBeUndefined();
    await leave(client);
    const notes = daemon.log().filter(({ event }) => event === 'daemon.note');
    expect(notes.map(({ setting }) => setting).sort()).toEqual([
      'BUNDLET_SHUTDOWN_TIMEOUT',
      ...['PCMK_debug', 'PCMK_fail_fast', 'PCMK_ipc_buffer', 'PCMK_logpriority', 'PCMK_node_start_state'],
    ]);
  });
});

describe('a daemon that cannot start', () => {
  it('because another one runs says so, ends with 100, and does not disturb it', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    const end = await runDaemon({ port: daemon.port });
    expect(end.status).toBe(100);
    expect(ownLines(end.stderr)).toEqual([expect.stringContaining(`port ${daemon.port}`)]);
    expect(await act(client, 'exit 0')).toMatchObject({ rc: 0 });
    await leave(client);
  });

  it('because its port is taken names it, and ends with 100 through pcmk-init', async () => {
    const holder = createServer();
    await new Promise<void>((listening) => holder.listen(0, HOST, listening));
    const address = holder.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const end = await runDaemon({ port });
    await new Promise((closed) => holder.close(closed));
    expect(end.status).toBe(100);
    expect(ownLines(end.stderr)).toEqual([expect.stringContaining(String(port))]);
    expect(ownLines(end.stderr)[0]).toMatch(/^pacemaker-remoted: .*PCMK_remote_port or --port/);
  });

  it.each([
    ['priorities that GnuTLS does not know', { PCMK_tls_priorities: 'NORMAL:+NO-SUCH' }, /NORMAL:\+NO-SUCH/],
    ["an address that is nobody's", { PCMK_remote_address: '192.0.2.1' }, /192\.0\.2\.1/],
    [
      "one of several addresses that is nobody's",
      { PCMK_remote_address: '127.0.0.1, 192.0.2.1' },
      /Cannot listen on 192\.0\.2\.1,/,
    ],
    [
      'certificates that are not there',
      { PCMK_ca_file: '/no/ca', PCMK_cert_file: '/no/cert', PCMK_key_file: '/no/key' },
      /Expected the CA as PEM in \/no\/ca, got none: absent\. Correct the file/,
    ],
  ])('because of %s says so in one line, and ends with 100', async (_what, env, text) => {
    const end = await runDaemon({ env });
    expect(end.status).toBe(100);
    expect(ownLines(end.stderr)).toEqual([expect.stringMatching(text)]);
    expect(ownLines(end.stderr)[0]).toMatch(/^pacemaker-remoted: /);
  });
});

describe('the key', () => {
  it('may come after the daemon: until then clients are refused with one line', async () => {
    const key = randomBytes(4096);
    await using daemon = await startDaemon({ key, isKeyMissing: true });
    for (const count of [1, 2]) {
      await expect(daemon.connect()).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
      expect(await daemon.logged('tls.refused', count)).toHaveLength(count);
    }
    expect(daemon.log().filter(({ event }) => event === 'tls.key-missing')).toMatchObject([
      { level: 'warning', path: daemon.keyFile },
    ]);
    writeFileSync(daemon.keyFile, key, { mode: 0o600 });
    const client = await daemon.connect();
    expect(await daemon.logged('tls.key-loaded')).toMatchObject([{ path: daemon.keyFile, bytes: 4096 }]);
    await leave(client);
  });

  it('may be replaced: the new one holds at once, who is connected stays', async () => {
    await using daemon = await startDaemon();
    const before = await daemon.connect();
    const key = randomBytes(64);
    writeFileSync(`${daemon.keyFile}.new`, key, { mode: 0o600 });
    renameSync(`${daemon.keyFile}.new`, daemon.keyFile);
    await expect(daemon.connect()).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    expect(await daemon.logged('tls.refused')).toMatchObject([{ reason: 'key' }]);
    await leave(await daemon.connect({ key: new Secret(key) }));
    expect(await act(before, 'exit 0')).toMatchObject({ rc: 0 });
    await leave(before);
  });
});

describe('the log', () => {
  it.each([
    ['0600', 0o600],
    ['0666', 0o666],
    ['', 0o660],
  ])('goes to PCMK_logfile too, which is made with mode %j', async (mode, expected) => {
    await using daemon = await startDaemon({
      prelude: 'export PCMK_logfile="$scratch/log"',
      env: { PCMK_logfile_mode: mode },
      logFile: 'log',
    });
    const file = join(daemon.scratch, 'log');
    // The file is there at once, the output comes through a pipe.
    await until(() => daemon.namespace.stdout().includes('daemon.listening'), 'the same line in the output');
    expect(daemon.log().map(({ event }) => event)).toContain('daemon.listening');
    expect((statSync(file).mode & 0o777).toString(8)).toBe(expected.toString(8));
  });

  it('cannot be written to a directory: that is noted, and the daemon runs', async () => {
    await using daemon = await startDaemon({ prelude: 'export PCMK_logfile="$scratch"' });
    expect(await daemon.logged('daemon.note')).toMatchObject(
      [{ level: 'warning', setting: 'PCMK_logfile', file: daemon.scratch, problem: /EISDIR/ }].map(
        (line) => ({ ...line, problem: expect.stringMatching(line.problem) }),
      ),
    );
    await leave(await daemon.connect());
  });

  it.each([
    ['0', 'stdout', 'stderr'],
    ['1', 'stderr', 'stdout'],
  ] as const)('with PCMK_stderr=%s goes to %s', async (PCMK_stderr, there, notThere) => {
    await using daemon = await startDaemon({ env: { PCMK_stderr } });
    expect(daemon.namespace[there]()).toContain('daemon.listening');
    expect(daemon.namespace[notThere]()).toBe('');
  });

  it.each([
    ['no', []],
    ['yes', ['op.queued', 'op.started', 'session.request']],
    ['pacemakerd,pacemaker-remoted', ['op.queued', 'op.started', 'session.request']],
  ])('has the steps of an operation with PCMK_debug=%s: %j', async (PCMK_debug, expected) => {
    await using daemon = await startDaemon({ env: { PCMK_debug } });
    const client = await daemon.connect();
    await act(client, 'exit 0');
    await daemon.logged('op.finished');
    const debug = daemon.log().filter(({ level }) => level === 'debug');
    expect([...new Set(debug.map(({ event }) => event))].sort()).toEqual(expected);
    await leave(client);
  });
});

describe('what a controller is told when it registers', () => {
  it.each([
    ['standby', { PCMK_node_start_state: 'standby' }],
    [undefined, {}],
  ])('is how long the daemon runs, and the start state %s', async (nodeStartState, env) => {
    await using daemon = await startDaemon({ env });
    const client = await daemon.connect({ protocolVersion: '1.1' });
    expect(client.daemon).toMatchObject({
      protocolVersion: '1.2',
      uptimeSeconds: expect.any(Number),
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(client.daemon.uptimeSeconds).toBeGreaterThanOrEqual(0);
    expect(client.daemon.nodeStartState).toBe(nodeStartState);
    await leave(client);
  });
});
