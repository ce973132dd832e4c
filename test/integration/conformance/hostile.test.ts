// Agents that do harm, by mistake or not: a run ends, says what it saw, and nothing of the machine is changed.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SandboxJobs } from '../../../src/conformance/sandbox/sandbox-jobs.ts';
import type { AgentStep } from '../../../src/conformance/subject.ts';
import { useAudit } from '../../helpers/audit.ts';
import { runJob, runSteps } from '../../helpers/conformance/run-job.ts';
import { findSandboxes } from '../../helpers/conformance/sandboxes.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { titled } from '../../helpers/systemd.ts';

/** Of tests that make several sandboxes on a machine that does much else. */
const LIMIT_MS = 120_000;
const PROGRAM = join(import.meta.dirname, '../../../src/cli/bundlet.ts');
const ONLY_ONE = join(import.meta.dirname, '../../../src/conformance/in-place/only-one.ts');
const METADATA = `<resource-agent name="agent" version="1"><version>1.1</version><parameters/><actions>
<action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>`;

const { modes, why } = await findSandboxes();

let folder: string;
useAudit();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet hostile-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An agent that does this in its start; its other actions are those of a stopped resource. */
function agent(start: string): string {
  const path = join(folder, 'agent');
  const text = `#!/bin/sh\ncase $1 in meta-data) echo '${METADATA}';; monitor) exit 7;; start) ${start};; esac\n`;
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

const START: readonly AgentStep[] = [{ run: 'start' }];

describe.skipIf(why !== undefined).each(modes.slice(0, 1))(
  titled('an agent in a sandbox of mode %s', why),
  (mode) => {
    const jobs = new SandboxJobs(mode);

    test.each([
      ['that kills all it can', 'kill -9 -1', /worker was killed: by an action that kills/],
      [
        'that forks without measure',
        'for i in $(seq 3000); do sleep 20 & done; wait',
        /There were \d+ processes at a time/,
      ],
    ])('%s has failed, and it is said why', { timeout: LIMIT_MS }, async (_, start, reason) => {
      const result = await runSteps(jobs, agent(start), START);
      expect(result).toMatchObject({ verdict: 'failed', reason: expect.stringMatching(reason) });
    });

    test('that freezes everything is cut when its time is over', { timeout: LIMIT_MS }, async () => {
      const result = await runSteps(jobs, agent('kill -STOP -1'), START, { limitMs: 2000 });
      expect(result).toMatchObject({
        verdict: 'failed',
        reason: expect.stringMatching(/did not end within 2 s/),
      });
    });

    test('that deletes what is not its own has deleted nothing', { timeout: LIMIT_MS }, async () => {
      const others = ['one', 'two'].map((name) => join(folder, name));
      for (const path of others) {
        writeFileSync(path, 'of somebody else');
      }
      const path = agent(`rm -rf '${folder}' && [ ! -e '${folder}' ] || exit 1`);
      expect(await runSteps(jobs, path, START)).toMatchObject({ verdict: 'passed' });
      expect([path, ...others].filter((name) => !existsSync(name))).toEqual([]);
    });

    test('that removes itself is found out, and is there afterwards', { timeout: LIMIT_MS }, async () => {
      const path = agent('rm "$0"');
      const result = await runSteps(jobs, path, [...START, { run: 'stop' }]);
      expect(result).toMatchObject({
        verdict: 'failed',
        findings: [{ seen: "ENOENT: it can't be started" }],
      });
      expect(existsSync(path)).toBe(true);
    });

    test('that unmounts what it can does so for itself', { timeout: LIMIT_MS }, async () => {
      const before = readFileSync('/proc/self/mountinfo', 'utf8');
      await runSteps(jobs, agent('umount -l /run /var/log /dev/shm /proc 2>/dev/null; exit 0'), START);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
    });

    test('that writes into memory without end gets a full disk', { timeout: LIMIT_MS }, async () => {
      const path = agent('dd if=/dev/zero of=/dev/shm/all bs=1M 2>/dev/null && exit 0; exit 1');
      expect(await runSteps(jobs, path, [{ run: 'start', rc: [1] }])).toMatchObject({ verdict: 'passed' });
    });

    test.each([
      ['to standard output', 'head -c 300000000 /dev/zero | tr "\\\\0" x'],
      ['to standard error', 'head -c 300000000 /dev/zero | tr "\\\\0" x >&2'],
      ['as a reason', 'printf ocf-exit-reason: >&2; head -c 300000 /dev/zero | tr "\\\\0" x >&2; exit 1'],
      ['in no encoding', 'printf "\\\\377\\\\376\\\\033[31m" | tee /dev/stderr'],
    ])('that writes much %s is heard in short', { timeout: LIMIT_MS }, async (_, start) => {
      const result = await runSteps(jobs, agent(start), START);
      expect(['passed', 'failed']).toContain(result.verdict);
      expect(JSON.stringify(result).length).toBeLessThan(150_000);
    });

    test.each([
      ['has line ends of another system', '#!/bin/sh\r\nexit 0\r\n', 'ENOENT'],
      ['has an interpreter that is not there', '#!/no/such/program\n', 'ENOENT'],
    ])('that %s is said not to start', { timeout: LIMIT_MS }, async (_, text, errno) => {
      const path = join(folder, 'agent');
      writeFileSync(path, text, { mode: 0o755 });
      const result = await runJob(jobs, path, 'ACT-01');
      expect(result.verdict).toBe('failed');
      expect(result.findings.map(({ seen }) => seen)).toContain(`${errno}: it can't be started`);
    });
  },
);

describe('a run', () => {
  const start = (...words: string[]): ChildProcess =>
    spawn(process.execPath, [PROGRAM, 'conformance', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = (child: ChildProcess): Promise<number | string | null> =>
    new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));

  test('with --in-place keeps others from it until it ends', { timeout: LIMIT_MS }, async () => {
    const hold = `import('${ONLY_ONE}').then((one) => one.becomeOnlyOne()).then(() => {
      require('node:fs').writeFileSync(process.argv[1], '');
      setInterval(() => undefined, 1e6);
    })`;
    const held = join(folder, 'held');
    const first = spawn(process.execPath, ['-e', hold, held], { stdio: 'ignore' });
    const firstEnd = ended(first);
    await until(() => existsSync(held), 'the first');
    const words = [agent('exit 0'), '--in-place', '--only', 'ACT-04'];
    const second = start(...words);
    let said = '';
    second.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    expect(await ended(second)).toBe(3);
    expect(said).toMatch(/only run with --in-place/);
    first.kill('SIGTERM');
    await firstEnd;
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'can be ended by %s at any moment',
    { timeout: LIMIT_MS },
    async (signal) => {
      const path = agent('sleep 60');
      for (const afterMs of [400, 900, 2000]) {
        const child = start(path, '--only', 'ACT');
        const end = ended(child);
        // Not a wait for something: whatever it is at by then.
        setTimeout(() => child.kill(signal), afterMs);
        // Before it has begun the kernel ends it, which shells tell of by the same number.
        expect([signal, signal === 'SIGINT' ? 130 : 143]).toContain(await end);
      }
    },
  );
});
