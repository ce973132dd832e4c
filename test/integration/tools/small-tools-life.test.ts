// Small tools and a daemon through their life. Long: two subjects, of which the second needs what the first is called with.
import { existsSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { REMOTE_NODE } from '../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';
import { killProcess, until } from '../../helpers/pid-namespace.ts';
import { encodeRequest } from '../../unit/ipc/tool-frames.kit.ts';
import { ACTOR, act, type DaemonStart, type RunningDaemon, startDaemon } from '../daemon/support.ts';
import { runTool, serve, startTool, type ToolEnd, type ToolOptions } from './support.ts';

const LIB = join(import.meta.dirname, '../../../build/root/usr/lib/bundlet');
const SHELL_FUNCTIONS = '/usr/lib/ocf/lib/heartbeat/ocf-shellfuncs';

/** A daemon that listens for small tools, or has said that it can't. */
async function start({
  firstWord = 'tools.listening',
  ...options
}: DaemonStart & { firstWord?: string } = {}) {
  const daemon = await startDaemon(options);
  await daemon.logged(firstWord);
  return daemon;
}

const socketOf = (daemon: RunningDaemon): string => join(daemon.scratch, 'tools.sock');

function call(
  daemon: RunningDaemon,
  command: readonly string[],
  options: ToolOptions = {},
): Promise<ToolEnd> {
  const [name = '', ...args] = command;
  const env = { BUNDLET_TOOLS_SOCKET: socketOf(daemon), ...options.env };
  return runTool(daemon, [join(LIB, 'tools', name), ...args], { ...options, env });
}

/** What a raw caller gets, to the end of the connection. */
function rawAnswer(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(Buffer.concat(parts)));
  });
}

/** Byte 5 of an answer: an error number. */
const refusalIn = (answer: Buffer): number | undefined => answer[5];

describe('a small tool', () => {
  useAudit();

  it('hands on whatever its arguments are', async () => {
    await using daemon = await start();
    const cluster = new FakeCluster();
    await using _provider = await serve(daemon, cluster);
    const long = 'x'.repeat(100_000);
    const set = await call(daemon, ['attrd_updater', '-n', 'a b', '-U', long]);
    expect(set).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(cluster.attributes.get('a b')?.get(REMOTE_NODE)).toBe(long);
    const get = await call(daemon, ['attrd_updater', '-n', 'a b', '-Q']);
    expect(get.stdout).toBe(`name="a b" host="${REMOTE_NODE}" value="${long}"\n`);
    await call(daemon, ['attrd_updater', '-n', '', '-U', '']);
    expect(cluster.attributes.get('')?.get(REMOTE_NODE)).toBe('');
    await call(daemon, ['attrd_updater', '-n', 'n', '-U', 'one\ntwo']);
    expect(cluster.attributes.get('n')?.get(REMOTE_NODE)).toBe('one\\ntwo');
  });

  it('refuses a value that is no text, and one call that is too large', async () => {
    await using daemon = await start();
    const odd = ['sh', '-c', `exec "$0" -n a -U "$(printf '\\377')"`, join(LIB, 'tools/attrd_updater')];
    const env = { BUNDLET_TOOLS_SOCKET: socketOf(daemon) };
    expect(await runTool(daemon, odd, { env })).toMatchObject({
      exitCode: 64,
      stderr: 'attrd_updater: Invalid byte sequence in conversion input\n',
    });
    const many = Array.from({ length: 12 }, () => 'x'.repeat(100_000));
    const large = await call(daemon, ['crm_node', '-n', ...many]);
    expect(large).toMatchObject({ exitCode: 1, stdout: '' });
    expect(large.stderr).toMatch(/Argument list too long\ncrm_node: arguments and variables are too long/);
  });

  it.each([
    [['crm_node', '-n'], 'error: Could not connect to controller: Connection refused'],
    [['attrd_updater', '-n', 'a', '-Q'], 'attrd_updater: Could not connect to attrd: Connection refused'],
    [['crm_attribute', '-G'], 'crm_attribute: Could not connect to the CIB: Connection refused'],
    [['crm_master', '-G'], 'crm_attribute: Could not connect to the CIB: Connection refused'],
  ])('%s says that no daemon is there', async (command, message) => {
    await using daemon = await startDaemon({ env: { BUNDLET_TOOLS_SOCKET: 'none' } });
    const { exitCode, stdout, stderr } = await call(daemon, command);
    expect({ exitCode, stdout }).toEqual({ exitCode: 102, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      message,
      expect.stringMatching(/^\w+: the daemon of Bundlet is not/),
      '',
    ]);
  });

  it('says that the daemon went away in the midst of it; the next daemon replaces the socket', async () => {
    await using daemon = await start();
    const silent = new FakeCluster({ override: () => [] });
    const provider = await serve(daemon, silent);
    const { ended } = startTool(daemon, [join(LIB, 'tools/crm_node'), '-n'], {
      env: { BUNDLET_TOOLS_SOCKET: socketOf(daemon) },
    });
    await until(() => silent.requests.length > 1, 'a question to the cluster');
    killProcess(daemon.daemonPid(), 'SIGKILL');
    expect(await ended).toMatchObject({
      exitCode: 102,
      stdout: '',
      stderr: expect.stringMatching(
        /endpoint is not connected\ncrm_node: the daemon of Bundlet ended during the call/,
      ),
    });
    await provider[Symbol.asyncDispose]();
    await daemon.logged('tools.listening', 2);
    await using _next = await serve(daemon);
    expect(await call(daemon, ['crm_node', '-n'])).toMatchObject({ exitCode: 0, stdout: `${REMOTE_NODE}\n` });
  });

  it('ends when nobody reads what it prints', async () => {
    await using daemon = await start();
    await using _provider = await serve(daemon);
    const env = { BUNDLET_TOOLS_SOCKET: socketOf(daemon) };
    const script = '{ "$0" -l; echo $? >&2; } | true';
    const { stderr } = await runTool(daemon, ['sh', '-c', script, join(LIB, 'tools/crm_node')], { env });
    // As the real one: the signal, or done before the reader was gone.
    expect(['141\n', '0\n']).toContain(stderr);
  });

  it('is found by agents behind everything else, and finds the daemon', async () => {
    await using daemon = await start();
    await using provider = await serve(daemon);
    const { output = '' } = await act(
      provider.client,
      'printf "%s\\n" "$PATH"; IFS=:; for last in $PATH; do :; done; PATH=$last; command -v crm_node; crm_node -l',
    );
    const [path = '', found, ...list] = output.trimEnd().split('\n');
    expect(path.endsWith(`:${LIB}/tools`)).toBe(true);
    expect(path.split(':')).toEqual(expect.arrayContaining(['/usr/sbin', '/usr/bin', '/sbin', '/bin']));
    expect(found).toBe(`${LIB}/tools/crm_node`);
    expect(list).toEqual(['1 node-1 member', '2 node-2 member']);
  });

  it.runIf(process.getuid?.() === 0 && existsSync(SHELL_FUNCTIONS))(
    'is found by agents that call it in the folder where Pacemaker has its own, in an image that has none',
    async () => {
      const prelude = 'mkdir "$scratch/sbin"; mount --bind "$scratch/sbin" /usr/sbin';
      await using daemon = await start({ prelude });
      const cluster = new FakeCluster();
      await using provider = await serve(daemon, cluster);
      const score = (): string | undefined => cluster.attributes.get(`master-${ACTOR.id}`)?.get(REMOTE_NODE);
      // Before and since feature set 3.10.0: by crm_master, by crm_attribute.
      for (const [version, value] of [
        ['3.9.0', '5'],
        ['3.16.1', '10'],
      ] as const) {
        const sh = `OCF_ROOT=/usr/lib/ocf OCF_RESKEY_crm_feature_set=${version}; . ${SHELL_FUNCTIONS}; ocf_promotion_score -v ${value}`;
        expect(await act(provider.client, sh)).toMatchObject({ rc: 0 });
        expect(score()).toBe(value);
      }
    },
  );

  it('does not touch the cluster where a trial is meant', async () => {
    await using daemon = await start();
    const cluster = new FakeCluster();
    await using _provider = await serve(daemon, cluster);
    const before = cluster.cib.text;
    for (const name of ['CIB_file', 'CIB_shadow', 'CIB_port']) {
      const trial = await call(daemon, ['crm_attribute', '-n', 'a', '-v', '1'], { env: { [name]: 'trial' } });
      expect(trial).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining(`Expected ${name} not to be set`),
      });
    }
    expect(cluster.cib.text).toBe(before);
  });

  it('answers a hundred calls in a row, and nothing is left of them', async () => {
    await using daemon = await start();
    await using _provider = await serve(daemon);
    await call(daemon, ['crm_node', '-l']);
    const before = daemon.descriptors();
    const loop = 'i=0; while [ $i -lt 100 ]; do "$0" -l >/dev/null || exit 1; i=$((i+1)); done';
    const env = { BUNDLET_TOOLS_SOCKET: socketOf(daemon) };
    const { exitCode } = await runTool(daemon, ['sh', '-c', loop, join(LIB, 'tools/crm_node')], { env });
    expect(exitCode).toBe(0);
    await until(() => daemon.descriptors() <= before, 'no descriptor of a caller');
  });
});

describe('the socket of small tools', () => {
  useAudit();

  it('is there for all to connect, and gone when the daemon has stopped', async () => {
    await using daemon = await start();
    const path = socketOf(daemon);
    expect(statSync(path).mode & 0o777).toBe(0o777);
    daemon.namespace.signal('SIGTERM');
    await daemon.namespace.ended;
    expect(existsSync(path)).toBe(false);
  });

  it('is not taken from another daemon', async () => {
    await using first = await start();
    await using _provider = await serve(first);
    const env = { BUNDLET_TOOLS_SOCKET: socketOf(first) };
    await using second = await start({ env, firstWord: 'tools.no-socket' });
    expect(await call(first, ['crm_node', '-n'])).toMatchObject({ exitCode: 0 });
    second.namespace.signal('SIGTERM');
    await second.namespace.ended;
    expect(await call(first, ['crm_node', '-n'])).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['there before', 'mkdir "$scratch/own"', true],
    ['that it made itself', 'true', false],
  ])('leaves a folder %s: %j', async (_, prelude, isLeft) => {
    await using daemon = await start({
      prelude: `${prelude}; export BUNDLET_TOOLS_SOCKET="$scratch/own/socket"`,
    });
    const folder = join(daemon.scratch, 'own');
    expect(existsSync(join(folder, 'socket'))).toBe(true);
    daemon.namespace.signal('SIGTERM');
    await daemon.namespace.ended;
    expect(existsSync(folder)).toBe(isLeft);
    expect(existsSync(join(folder, 'socket'))).toBe(false);
  });

  it('lets the daemon go on where there can be none', async () => {
    await using daemon = await start({
      env: { BUNDLET_TOOLS_SOCKET: '/proc/none/tools.sock' },
      firstWord: 'tools.no-socket',
    });
    const client = await daemon.connect();
    client.close();
    await client.closed;
  });

  it.runIf(process.getuid?.() === 0)('serves root, hacluster and members of haclient', async () => {
    const files = [
      `printf '%s\\n' root:x:0:0::/:/bin/sh hacluster:x:4711:4799::/:/bin/sh >"$scratch/passwd"`,
      `printf '%s\\n' root:x:0: haclient:x:4712: >"$scratch/group"`,
      'chmod 0755 "$scratch"; mount --bind "$scratch/passwd" /etc/passwd; mount --bind "$scratch/group" /etc/group',
    ];
    await using daemon = await start({ prelude: files.join('\n') });
    const cluster = new FakeCluster();
    await using _provider = await serve(daemon, cluster);
    const as = (...user: readonly string[]): Promise<ToolEnd> =>
      call(daemon, ['attrd_updater', '-n', 'a', '-U', '1'], { as: ['--inh-caps=-all', ...user] });
    for (const user of [
      ['--reuid', '4711', '--regid', '4799', '--clear-groups'],
      ['--reuid', '5000', '--regid', '4712', '--clear-groups'],
      ['--reuid', '5000', '--regid', '5000', '--groups', '4712'],
    ]) {
      expect(await as(...user)).toMatchObject({ exitCode: 0, stderr: '' });
    }
    expect(cluster.requests.map(({ user }) => user)).toEqual(['hacluster', '#unprivileged', '#unprivileged']);
    expect(await as('--reuid', '5000', '--regid', '5000', '--clear-groups')).toMatchObject({
      exitCode: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /attrd: Permission denied\nattrd_updater: only root, hacluster and members/,
      ),
    });
    await daemon.logged('tools.refused');
  });

  it('bears what is no call', async () => {
    await using daemon = await start();
    await using _provider = await serve(daemon);
    await call(daemon, ['crm_node', '-n']);
    const before = daemon.descriptors();
    const send = (bytes: Buffer): Promise<Buffer> => {
      const socket = connect(socketOf(daemon));
      socket.write(bytes);
      return rawAnswer(socket);
    };
    const whole = encodeRequest(['crm_node', '-n']);
    expect(refusalIn(await send(Buffer.alloc(4096, 0x41)))).toBe(71);
    expect(refusalIn(await send(Buffer.concat([whole, whole])))).toBe(71);
    expect(refusalIn(await send(encodeRequest(['rm', '-rf'])))).toBe(0);
    // Who leaves in the midst of a request, or does not wait for the answer.
    for (const bytes of [whole.subarray(0, 9), whole]) {
      const socket = connect(socketOf(daemon));
      await new Promise<void>((sent) => socket.write(bytes, () => sent()));
      socket.destroy();
    }
    await until(() => daemon.descriptors() <= before, 'no descriptor of a caller');
    expect(await call(daemon, ['crm_node', '-n'])).toMatchObject({ exitCode: 0 });
    expect(daemon.log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('gives up on who says half of it', async () => {
    await using daemon = await start();
    const socket = connect(socketOf(daemon));
    socket.write(encodeRequest(['crm_node', '-n']).subarray(0, 20));
    expect(refusalIn(await rawAnswer(socket))).toBe(110);
  });

  it('serves 64 at once, and one more when there is room for it', async () => {
    await using daemon = await start();
    await using _provider = await serve(daemon);
    const idle = Array.from({ length: 64 }, () => connect(socketOf(daemon)));
    const answers = idle.map(rawAnswer);
    await until(() => daemon.descriptors() > 64, 'the daemon to have all callers');
    const late = call(daemon, ['crm_node', '-l']);
    await daemon.logged('tools.busy');
    for (const socket of idle) {
      socket.destroy();
    }
    await Promise.all(answers);
    expect(await late).toMatchObject({ exitCode: 0, stderr: '' });
    const calls = Array.from({ length: 40 }, () => call(daemon, ['crm_node', '-l']));
    expect(
      new Set((await Promise.all(calls)).map(({ exitCode, stdout }) => `${exitCode} ${stdout}`)),
    ).toEqual(new Set(['0 1 node-1 member\n2 node-2 member\n']));
  });
});
