import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteClient } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { readProcess, until } from '../../helpers/pid-namespace.ts';
import { ACTOR, act, FIXTURES, type RunningDaemon, startDaemon, zombies } from './support.ts';

let daemon: RunningDaemon;
let client: RemoteClient;

beforeAll(async () => {
  daemon = await startDaemon({ env: { NODE_OPTIONS: '', HIDDEN: 'no', BUNDLET_SECRET: 'yes' } });
  client = await daemon.connect();
});

afterAll(async () => {
  client.close();
  await client.closed;
  await daemon[Symbol.asyncDispose]();
});

const audit = useAudit();

/** Nothing of an agent may be left in the daemon. */
async function expectClean(): Promise<void> {
  await until(
    () => zombies(daemon).length === 0,
    () => `no zombie, got ${zombies(daemon)}`,
  );
}

describe('an agent', () => {
  it('is measured: the log tells what it took', async () => {
    const { callId } = await act(client, 'head -c 20000000 /dev/zero | tail -c 15000000 | wc -c');
    const lines = daemon.log().filter(({ event }) => event === 'op.finished');
    const line = lines.find((one) => one['callId'] === callId);
    expect(line?.['cpuMs']).toBeGreaterThan(0);
    expect(line?.['maxRssKb']).toBeGreaterThan(14_000); // tail holds what it gives
  });

  it('gets its action, parameters, environment and surroundings', async () => {
    const show = [
      'echo "action=$0"',
      'echo "umask=$(umask)"',
      'echo "fds=$(ls /proc/self/fd | tr "\\n" " ")"',
      'read line; echo "stdin=$?"',
      'echo "group=$(cut -d " " -f 5 /proc/$$/stat) pid=$$"',
      'env | sort',
    ].join('; ');
    const parameters = { 'with space': 'a "quoted"\nvalue', '1digit': 'x', empty: '', OCF_CHECK_LEVEL: '20' };
    const done = await act(client, show, { action: 'validate-all', parameters });
    const lines = (done.output ?? '').split('\n');
    expect(done).toMatchObject({ rc: 0, status: 0, action: 'validate-all' });
    expect(lines).toEqual(
      expect.arrayContaining([
        'action=validate-all',
        'umask=0026',
        'stdin=1',
        `OCF_ROOT=${FIXTURES}`,
        'OCF_RA_VERSION_MAJOR=1',
        'OCF_RESOURCE_INSTANCE=actor',
        'OCF_RESOURCE_PROVIDER=test',
        'OCF_RESOURCE_TYPE=actor',
        'OCF_CHECK_LEVEL=20',
        'OCF_RESKEY_1digit=x',
        'OCF_RESKEY_empty=',
        'PCMK_service=pacemaker-remoted',
        'HIDDEN=no',
      ]),
    );
    // 0, 1, 2 and the directory that ls reads.
    expect(lines).toContain('fds=0 1 2 3 ');
    const [, group, pid] = /group=(\d+) pid=(\d+)/.exec(done.output ?? '') ?? [];
    expect(group).toBe(pid);
    expect(done.output).not.toMatch(/^(NODE_|BUNDLET_(?!TOOLS_SOCKET=)|MALLOC_)/m);
    expect(Object.fromEntries(done.parameters)).toMatchObject(parameters);
  });

  it.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 9', 9],
    ['exit 10', 1],
    ['exit 190', 190],
    ['exit 255', 1],
  ])('%s gives rc %i', async (sh, rc) => {
    expect(await act(client, sh)).toMatchObject({ rc, status: 0 });
  });

  it('tells the reason of a failure', async () => {
    const done = await act(client, 'echo out; echo "ocf-exit-reason:why not" >&2; exit 6');
    expect(done).toMatchObject({ rc: 6, exitReason: 'why not', output: 'ocf-exit-reason:why not\n' });
  });

  it('may print what XML forbids', async () => {
    const done = await act(client, String.raw`printf '\033[1mbold\033[0m \000 \377 <&>"\t\n'`);
    expect(done.output).toBe('\\033[1mbold\\033[0m \ufffd \ufffd <&>"\t\n');
  });

  it('may print far more than is kept', async () => {
    const done = await act(client, 'echo first; head -c 12000000 /dev/zero | tr "\\0" x; echo last');
    expect(done.output).toMatch(/^first/);
    expect(done.output).toMatch(/last\n$/);
    expect(done.output).toContain('bytes left out');
    expect(done.output?.length).toBeLessThan(1_100_000);
  });

  it('is done when it exits, though a daemon it started holds its output', async () => {
    const done = await act(client, 'sleep 300 & echo "pid $!"; exit 0', { timeoutMs: 10_000 });
    expect(done).toMatchObject({ rc: 0, status: 0 });
    const pid = /pid (\d+)/.exec(done.output ?? '')?.[1] ?? '';
    await act(client, `kill ${pid}`);
    await expectClean();
  });

  it('that dies from a signal has an error', async () => {
    const reason = 'Resource agent interrupted by Killed signal';
    expect(await act(client, 'kill -KILL $$')).toMatchObject({ rc: 1, status: 4, exitReason: reason });
  });

  it.each([
    ['is not there', 'missing', 5, 7, 'missing: No such file or directory'],
    ['is not executable', 'not-executable', 4, 0, 'Child process was unable to execute file'],
    ['has no interpreter', 'no-interpreter', 5, 0, 'Child process was unable to execute file'],
    // execvp(3) has the shell read it, for the C daemon as well.
    ['has no interpreter line', 'wrong-format', 1, 0],
  ])('that %s', async (_what, type, rc, status, exitReason?: string) => {
    await client.registerResource({ id: 'odd', class: 'ocf', provider: 'test', type });
    const { result } = await client.exec({ rscId: 'odd', action: 'start', timeoutMs: 5000 });
    expect(await result).toMatchObject(
      exitReason === undefined ? { rc, status } : { rc, status, exitReason },
    );
    await client.unregisterResource('odd');
  });
});

describe('a timeout', () => {
  it('kills the process group at once and tells what was written', async () => {
    const done = await act(
      client,
      'trap "" TERM; echo before; sleep 300 & echo $! >"$OCF_RESKEY_file"; wait',
      {
        timeoutMs: 500,
        parameters: { file: `${daemon.scratch}/child` },
      },
    );
    expect(done).toMatchObject({
      rc: 1,
      status: 2,
      exitReason: expect.stringMatching(
        /^Resource agent did not complete within 500ms; it was in sleep .*its last line was: before$/,
      ),
      output: 'before\n',
    });
    await until(() => daemon.namespace.processes().every(({ name }) => name !== 'sleep'), 'no sleep left');
    await expectClean();
  });

  it('spares the others of the group with on-fail=block', async () => {
    const done = await act(client, 'sleep 300 & wait', {
      timeoutMs: 500,
      parameters: { CRM_meta_on_fail: 'block' },
    });
    expect(done.status).toBe(2);
    const sleeper = daemon.namespace.processes().find(({ name }) => name === 'sleep');
    expect(sleeper).toBeDefined();
    await act(client, `kill ${sleeper?.innerPid}`);
    await expectClean();
  });
});

describe('cancelling', () => {
  it('kills a recurring operation in flight with all it started', async () => {
    await client.registerResource(ACTOR);
    const monitor = await client.exec({
      rscId: ACTOR.id,
      action: 'monitor',
      intervalMs: 60_000,
      parameters: { sh: 'echo begun; echo begun >&2; sleep 300 & wait' },
    });
    await until(() => daemon.namespace.processes().some(({ name }) => name === 'sleep'), 'the agent to run');
    expect(await client.cancel({ rscId: ACTOR.id, action: 'monitor', intervalMs: 60_000 })).toBe(true);
    expect(await monitor.result).toMatchObject({ rc: 0, status: 1, callId: monitor.callId });
    await until(() => daemon.namespace.processes().every(({ name }) => name !== 'sleep'), 'no sleep left');
    expect(await client.cancel({ rscId: ACTOR.id, action: 'monitor', intervalMs: 60_000 })).toBe(false);
    await expectClean();
  });
});

describe('a thousand operations', () => {
  it('leave no zombie, descriptor or process behind', async () => {
    await act(client, 'exit 0');
    const before = daemon.descriptors();
    const resources = Array.from({ length: 50 }, (_none, index) => ({ ...ACTOR, id: `many-${index}` }));
    await Promise.all(resources.map((rsc) => client.registerResource(rsc)));
    for (let round = 0; round < 20; round += 1) {
      const operations = await Promise.all(
        resources.map(({ id }) =>
          client.exec({ rscId: id, action: 'monitor', timeoutMs: 60_000, parameters: { sh: 'exit 0' } }),
        ),
      );
      const results = await Promise.all(operations.map(({ result }) => result));
      expect(results.every(({ rc, status }) => rc === 0 && status === 0)).toBe(true);
    }
    await until(
      () => daemon.descriptors() <= before,
      () => `${before} descriptors, got ${daemon.descriptors()}`,
    );
    await expectClean();
    expect(readProcess(daemon.daemonPid())?.state).not.toBe('Z');
    audit().log(JSON.stringify(daemon.log().filter(({ level }) => level === 'error')));
  }, 60_000);
});
