// Sandboxes as they are: nothing of the machine is changed, what an agent does in one is seen, and nothing outlives it.
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentBase } from '../../../src/conformance/place/base-environment.ts';
import { SandboxJobs } from '../../../src/conformance/sandbox/sandbox-jobs.ts';
import { findSandboxMode } from '../../../src/conformance/sandbox/sandbox-mode.ts';
import { useAudit } from '../../helpers/audit.ts';
import { runJob, runSteps } from '../../helpers/conformance/run-job.ts';
import { findSandboxes } from '../../helpers/conformance/sandboxes.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { titled } from '../../helpers/systemd.ts';

/** Of tests that make several sandboxes on a machine that does much else. */
const LIMIT_MS = 120_000;
const FIXTURES = join(import.meta.dirname, '../../fixtures/conformance');
const BEACON = {
  parameters: { port: '7411', config: '/run/beacon.conf' },
  cases: { setUp: "echo 'backlog = 5' >/run/beacon.conf" },
};

const METADATA = `<resource-agent name="agent" version="1"><version>1.1</version><parameters/><actions>
<action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>`;

const { modes, why } = await findSandboxes();

let folder: string;
useAudit();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An agent whose actions are shell commands; `$sleeper` sleeps, and is known by the test's folder. */
function agent(body: string): string {
  copyFileSync('/bin/sleep', join(folder, 'sleeper'));
  const path = join(folder, 'agent');
  const text = `#!/bin/sh\nsleeper='${folder}/sleeper'\ncase $1 in meta-data) echo '${METADATA}'; exit 0;; ${body} esac\n`;
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

/** Command lines on this machine that have the test's folder in them: sandboxes are looked into from outside. */
function ours(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return words.includes(`${folder}/sleeper`) ? [words] : [];
      } catch {
        return []; // it ended between the listing and the look
      }
    });
}

const nothingOurs = (): Promise<void> =>
  until(
    () => ours().length === 0,
    () => `no process, got ${ours()}`,
  );

describe.skipIf(why !== undefined).each(modes)(titled('a sandbox of mode %s', why), (mode) => {
  const jobs = new SandboxJobs(mode);

  test('changes nothing of the machine', { timeout: LIMIT_MS }, async () => {
    const before = { mounts: readFileSync('/proc/self/mountinfo', 'utf8'), host: hostname() };
    const result = await runSteps(jobs, agent('monitor) exit 7;; *) exit 0;;'), [
      { sh: `echo changed >'${folder}/made'; rm '${folder}/sleeper'; ls /proc/1/exe` },
      {
        sh: 'for place in /etc /run /tmp /var/tmp /var/log /dev/shm /usr; do echo >$place/bundlet-was-here; done',
      },
      { sh: 'rm -f /etc/hostname; hostname elsewhere && [ "$(hostname)" = elsewhere ]' },
      { sh: 'mkdir /tmp/mounted && mount -t tmpfs none /tmp/mounted' },
      { sh: '! cp /proc/sys/kernel/core_pattern /proc/sys/kernel/core_pattern 2>/dev/null' },
      { sh: '! date -s "$(date)" 2>/dev/null' },
      { sh: '! mknod /tmp/disk b 254 0 2>/dev/null' },
      { sh: 'echo 1 >/proc/sys/net/ipv4/ip_forward' },
    ]);
    expect(result, JSON.stringify(result, undefined, 2)).toMatchObject({ verdict: 'passed', findings: [] });
    expect(existsSync(join(folder, 'made'))).toBe(false);
    expect(existsSync(join(folder, 'sleeper'))).toBe(true);
    const places = ['/etc', '/run', '/tmp', '/var/tmp', '/var/log', '/dev/shm', '/usr'];
    expect(places.filter((place) => existsSync(join(place, 'bundlet-was-here')))).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before.mounts);
    expect(hostname()).toBe(before.host);
  });

  test('has a network of its own, in which the loopback is up', { timeout: LIMIT_MS }, async () => {
    const own = createServer((socket) => socket.destroy());
    const port = await listening(own);
    try {
      const connect = `perl -MIO::Socket::INET -e 'exit(IO::Socket::INET->new("127.0.0.1:${port}") ? 0 : $!{ECONNREFUSED} ? 7 : 1)'`;
      // Refused, and not unreachable: the interface is up, and nobody is there.
      expect(
        await runSteps(jobs, agent('monitor) exit 7;; *) exit 0;;'), [{ sh: connect, rc: [7] }]),
      ).toMatchObject({
        verdict: 'passed',
      });
    } finally {
      own.close();
    }
  });

  test("does not reach the machine's services by their sockets", { timeout: LIMIT_MS }, async () => {
    const own = createServer((socket) => socket.destroy());
    await listening(own, join(folder, 'socket'));
    try {
      const connect = `perl -MIO::Socket::UNIX -e 'exit(IO::Socket::UNIX->new(Peer => shift) ? 0 : 7)' '${folder}/socket'`;
      execFileSync('/bin/sh', ['-c', connect]);
      expect(
        await runSteps(jobs, agent('monitor) exit 7;; *) exit 0;;'), [{ sh: connect, rc: [7] }]),
      ).toMatchObject({
        verdict: 'passed',
      });
    } finally {
      own.close();
    }
  });

  /** [what, the fixture, its check, verdict]. */
  test.each([
    ['a process that stop leaves', 'stop-leaves-process', 'LEFT-01', 'failed'],
    ['a file that monitors leave', 'leaks-file', 'LEFT-03', 'failed'],
    ['who holds the output of start', 'daemon-holds-stdout', 'LEFT-05', 'failed'],
    ['a hidden program', 'probe-not-installed-1', 'INST-01', 'failed'],
    ['a hidden program, with an agent that is right', 'good', 'INST-01', 'passed'],
    ['a full disk', 'good', 'FAIL-10', 'passed'],
    ['zombies that nobody reaps', 'good', 'FAIL-04', 'passed'],
  ] as const)('sees %s', { timeout: LIMIT_MS }, async (_, name, check, verdict) => {
    const result = await runJob(jobs, join(FIXTURES, name), check, BEACON);
    expect(result, JSON.stringify(result, undefined, 2)).toMatchObject({ id: check, verdict });
  });

  test('ends with an agent that hangs in stop and lets go of nothing', { timeout: LIMIT_MS }, async () => {
    const path = agent(`monitor) exit 7;;
      *) trap '' TERM; setsid "$sleeper" 1000 & "$sleeper" 1000;;`);
    const result = await runSteps(jobs, path, [{ run: 'stop' }], { limitMs: 1000 });
    expect(result).toMatchObject({ verdict: 'failed' });
    await nothingOurs();
  });

  test('is gone when the run is interrupted', { timeout: LIMIT_MS }, async () => {
    const path = agent('*) setsid "$sleeper" 1000 & "$sleeper" 1000;;');
    const ended = new AbortController();
    const result = runSteps(jobs, path, [{ run: 'start' }], { signal: ended.signal });
    await until(() => ours().length >= 2, 'an action that hangs');
    ended.abort();
    expect(await result).toMatchObject({ verdict: 'skipped', reason: 'It was interrupted' });
    expect(ours()).toEqual([]);
  });

  test('is gone when the runner is killed', { timeout: LIMIT_MS }, async () => {
    const path = agent('*) setsid "$sleeper" 1000 & "$sleeper" 1000;;');
    const program = join(import.meta.dirname, '../../../src/cli/bundlet.ts');
    const words = [program, 'conformance', path, '--only', 'ACT-04'];
    const runner = spawn(process.execPath, words, { stdio: 'ignore' });
    await until(() => ours().length >= 2, 'an action that hangs');
    runner.kill('SIGKILL');
    await nothingOurs();
  });
});

test.skipIf(why !== undefined)('the mode that root gets is root', async () => {
  expect(await findSandboxMode(agentBase(process.env))).toBe(process.getuid?.() === 0 ? 'root' : 'user');
});

test('without its programs it is said what is missing', async () => {
  const without = findSandboxMode({ PATH: folder });
  await expect(without).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
});

/** @returns the port */
async function listening(server: Server, path?: string): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(path ?? { host: '127.0.0.1', port: 0 }, resolve);
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
