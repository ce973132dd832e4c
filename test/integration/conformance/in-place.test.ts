// Checks on the machine itself: what one has brought about and is left is ended, and nothing else is touched.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InPlaceJobs } from '../../../src/conformance/in-place/in-place-jobs.ts';
import { useAudit } from '../../helpers/audit.ts';
import { runSteps } from '../../helpers/conformance/run-job.ts';
import { until } from '../../helpers/pid-namespace.ts';

const LIMIT_MS = 120_000;
const METADATA = `<resource-agent name="agent" version="1"><version>1.1</version><parameters/><actions>
<action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/></actions></resource-agent>`;

let folder: string;
let neighbour: ChildProcess;
const jobs = new InPlaceJobs();
useAudit();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet in-place-'));
  copyFileSync('/bin/sleep', join(folder, 'sleeper'));
  neighbour = spawn(join(folder, 'sleeper'), ['1234'], { stdio: 'ignore' });
});
afterEach(async () => {
  neighbour.kill('SIGKILL');
  await until(() => neighbour.signalCode !== null, 'the end of the neighbour');
  rmSync(folder, { recursive: true });
});

/** Leaves a daemon with each start, and writes down its stops. */
function agent(): string {
  const path = join(folder, 'agent');
  const text = `#!/bin/sh
case $1 in
meta-data) echo '${METADATA}' ;;
monitor) exit 7 ;;
start) setsid '${folder}/sleeper' 1000 >/dev/null 2>&1 & ;;
hang) setsid '${folder}/sleeper' 1000 & '${folder}/sleeper' 1000 ;;
stop) echo stop >>'${folder}/stops' ;;
esac
`;
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

function sleepers(): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/sleeper\x001000`)
      );
    } catch {
      return false; // it ended between the listing and the look
    }
  }).length;
}

test('what is left is stopped, torn down, killed, and named', { timeout: LIMIT_MS }, async () => {
  const cases = { tearDown: `touch '${folder}/torn-down'` };
  const result = await runSteps(jobs, agent(), [{ run: 'start' }], { cases });
  expect(result).toMatchObject({ verdict: 'passed' });
  expect(result.notes.join('\n')).toMatch(/^Killed afterwards: .*sleeper 1000 \(pid \d+\)$/);
  expect(sleepers()).toBe(0);
  expect(existsSync(join(folder, 'torn-down'))).toBe(true);
  // Its metadata were asked for by a job of its own.
  expect(readFileSync(join(folder, 'stops'), 'utf8')).toBe('stop\nstop\n');
  expect(neighbour.exitCode ?? neighbour.signalCode).toBe(null);
});

test('so it is when the run is interrupted', { timeout: LIMIT_MS }, async () => {
  const ended = new AbortController();
  const result = runSteps(jobs, agent(), [{ run: 'hang' }], { signal: ended.signal });
  await until(() => sleepers() >= 2, 'an action that hangs');
  ended.abort();
  expect(await result).toMatchObject({ verdict: 'skipped', reason: 'It was interrupted' });
  expect(sleepers()).toBe(0);
  expect(neighbour.exitCode ?? neighbour.signalCode).toBe(null);
});

test('and when the runner is killed', { timeout: LIMIT_MS }, async () => {
  const path = agent();
  const program = join(import.meta.dirname, '../../../src/cli/bundlet.ts');
  const cases = join(folder, 'hanging.yaml');
  writeFileSync(cases, 'cases: [{ name: hangs, steps: [{ run: hang }] }]\n');
  const words = [program, 'conformance', path, '--in-place', '--cases', cases, '--only', 'CASE'];
  const runner = spawn(process.execPath, words, { stdio: 'ignore' });
  await until(() => sleepers() >= 2, 'an action that hangs');
  runner.kill('SIGKILL');
  await until(() => sleepers() === 0 && existsSync(join(folder, 'stops')), 'the end of what was begun');
});

test('the folder of the check is gone afterwards', { timeout: LIMIT_MS }, async () => {
  // The fake cluster tools lie in it.
  const result = await runSteps(jobs, agent(), [{ sh: `dirname "$HA_SBIN_DIR" >'${folder}/scratch'` }]);
  expect(result).toMatchObject({ verdict: 'passed', notes: [] });
  const scratch = readFileSync(join(folder, 'scratch'), 'utf8').trim();
  expect(scratch).toMatch(/^\/tmp\/bundlet-conformance-/);
  expect(existsSync(scratch)).toBe(false);
});
