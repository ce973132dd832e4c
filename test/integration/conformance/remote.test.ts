// Checks of agents that a daemon runs: ours, and Pacemaker's own where it is installed.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteClient } from '../../../src/client/index.ts';
import { readKeyFile } from '../../../src/client/key-file.ts';
import { remoteAgent } from '../../../src/conformance/remote/remote-agent.ts';
import { RemoteJobs, type RemoteTarget } from '../../../src/conformance/remote/remote-jobs.ts';
import type { CheckResult } from '../../../src/conformance/result.ts';
import { messageOf } from '../../../src/errors/agent-error.ts';
import { useAudit } from '../../helpers/audit.ts';
import { CHECKOUT, complaintsOf, runReal } from '../../helpers/conformance/real-run.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { startInPidNamespace, WAIT_LIMIT_MS } from '../../helpers/pid-namespace.ts';
import { freePort, HOST, startDaemon } from '../daemon/support.ts';

const AGENTS = join(CHECKOUT, 'test/fixtures/conformance');
const SCRIPTS = join(CHECKOUT, 'test/fixtures/conformance-lsb');

/** Where Debian's package lies when it is only unpacked, and where it is installed. */
const C_DAEMON = ['/usr/sbin/pacemaker-remoted', '/opt/pcmk-remote-deb/usr/sbin/pacemaker-remoted'].find(
  (path) => existsSync(path),
);

/** In the daemon's namespace the fixtures are the provider `test`, and there is no other. */
const PRELUDE = `mount -t tmpfs tmpfs /run; mkdir -p /usr/lib/ocf/resource.d
mount -t tmpfs tmpfs /usr/lib/ocf/resource.d; mkdir /usr/lib/ocf/resource.d/test
mount --bind '${AGENTS}' /usr/lib/ocf/resource.d/test`;

const CASES = { instances: [{ name: 'one', parameters: { port: '18231' } }] };

async function startOurs(): Promise<RemoteTarget & AsyncDisposable> {
  const daemon = await startDaemon({ prelude: PRELUDE, env: { OCF_ROOT: '/usr/lib/ocf' } });
  const { port } = daemon;
  const key = await readKeyFile(daemon.keyFile);
  return { host: HOST, port, key, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

async function startTheirs(): Promise<RemoteTarget & AsyncDisposable> {
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-c-daemon-'));
  const keyFile = join(scratch, 'authkey');
  writeFileSync(keyFile, randomBytes(64), { mode: 0o600 });
  const port = await freePort();
  const env = {
    PCMK_authkey_location: keyFile,
    PCMK_remote_address: HOST,
    PCMK_remote_port: String(port),
    PCMK_logfile: 'none',
    PCMK_logfacility: 'none',
    PCMK_stderr: '1',
  };
  const namespace = await startInPidNamespace(['sh', '-c', `${PRELUDE}\nexec '${C_DAEMON}'`], { env });
  const target = { host: HOST, port, key: await readKeyFile(keyFile) };
  const deadline = performance.now() + WAIT_LIMIT_MS;
  for (;;) {
    const problem = await new RemoteJobs(target).probe(AbortSignal.timeout(WAIT_LIMIT_MS)).catch(messageOf);
    if (problem === undefined || performance.now() > deadline) {
      const dispose = async (): Promise<void> => {
        await namespace[Symbol.asyncDispose]();
        rmSync(scratch, { recursive: true, force: true });
      };
      if (problem === undefined) {
        return { ...target, [Symbol.asyncDispose]: dispose };
      }
      const said = namespace.stderr();
      await dispose();
      throw new Error(`Expected the C daemon to serve, ${problem}; it said ${said}`);
    }
    await setTimeout(20);
  }
}

useOwnNetwork();

describe.each([
  ['our daemon', true],
  ['the C daemon', C_DAEMON !== undefined],
] as const)('checks by %s', (name, isThere) => {
  describe.skipIf(!isThere)('at work', () => {
    useAudit();
    let place: (RemoteTarget & AsyncDisposable) | undefined;
    let runner: RemoteJobs;

    beforeAll(async () => {
      place = await (name === 'our daemon' ? startOurs() : startTheirs());
      runner = new RemoteJobs(place);
    });
    afterAll(() => place?.[Symbol.asyncDispose]());

    const check = (agent: string, ...only: readonly string[]): Promise<readonly CheckResult[]> =>
      runReal(agent, {
        agent: remoteAgent(agent),
        runner,
        cases: CASES,
        ...(only.length === 0 ? {} : { only }),
      });

    it('finds nothing in an agent without fault, and says what can not be told', {
      timeout: 120_000,
    }, async () => {
      const results = await check('ocf:test:good');
      expect(complaintsOf(results)).toEqual([]);
      const passed = results.filter(({ verdict }) => verdict === 'passed').map(({ id }) => id);
      expect(passed).toEqual(expect.arrayContaining(['ACT-01', 'ACT-03', 'ACT-04', 'ACT-07', 'ACT-08']));
      const reasons = new Map(results.map(({ id, reason }) => [id, reason]));
      expect(reasons.get('ACT-10')).toBe(
        "Needs the agent's own exit code and outputs, which a daemon does not tell",
      );
      expect(reasons.get('FAIL-01')).toBe('Needs to see the processes of the service');
    });

    it.each([
      ['stop-when-stopped-7', 'ACT-03', 'seen 7 (not running)'],
      ['unknown-action-0', 'ACT-02', 'seen 0 (ok)'],
      ['monitor-always-0', 'ACT-01', 'seen 0 (ok)'],
      ['no-exit-reason', 'ACT-11', 'expected'],
    ])('sees %s', { timeout: 60_000 }, async (agent, id, seen) => {
      expect(complaintsOf(await check(`ocf:test:${agent}`, id)).join('\n')).toContain(seen);
    });

    it('checks an init script', { timeout: 60_000 }, async () => {
      const ids = ['LSB-01', 'LSB-02', 'LSB-03', 'LSB-04', 'LSB-06', 'LSB-07'];
      const results = await check(`lsb:${SCRIPTS}/good`, ...ids);
      expect(results.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(ids.map((id) => `${id} passed`));
      expect(complaintsOf(await check(`lsb:${SCRIPTS}/start-does-nothing`, 'LSB-07'))).toEqual([
        'LSB-07 failed: expected status right after start to give 0; seen 3 (not running)',
      ]);
    });

    it('leaves no resource and nothing that recurs', async () => {
      const results = await check('ocf:test:good', 'ACT-06');
      expect(complaintsOf(results)).toEqual([]);
      await using client = await RemoteClient.connect(place as RemoteTarget);
      expect(await client.recurring()).toEqual([]);
      const ids = Array.from({ length: 60 }, (_, index) => `bundlet-conformance-${process.pid}-${index}-one`);
      const known = await Promise.all(ids.map((id) => client.resourceInfo(id)));
      expect(known.filter((rsc) => rsc !== undefined)).toEqual([]);
    });
  });
});

describe('bundlet conformance --host', () => {
  useAudit();

  const ask = (agent: string, port: number, keyFile: string) =>
    promisify(execFile)(process.execPath, [
      ...[join(CHECKOUT, 'src/cli/bundlet.ts'), 'conformance', agent, '--only', 'ACT-01'],
      ...['--host', HOST, '--port', String(port), '--authkey', keyFile],
    ]).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
    );

  it('tells what the daemon has told', { timeout: 60_000 }, async () => {
    await using daemon = await startDaemon({ prelude: PRELUDE, env: { OCF_ROOT: '/usr/lib/ocf' } });
    const good = await ask('ocf:test:good', daemon.port, daemon.keyFile);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('ACT-01') });
    const poor = await ask('ocf:test:monitor-always-0', daemon.port, daemon.keyFile);
    expect(poor).toMatchObject({ code: 1, stdout: expect.stringContaining(`--host ${HOST}`) });
  });

  it('says at once that it can not be asked', { timeout: 60_000 }, async () => {
    await using daemon = await startDaemon();
    expect(await ask('ocf:test:good', await freePort(), daemon.keyFile)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await ask('ocf:test:good', daemon.port, '/nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected --authkey to be the key of the daemon'),
    });
    expect(await ask('./agent', daemon.port, daemon.keyFile)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('finds agents by their names alone'),
    });
  });
});
