// Alert agents, checked in sandboxes: one without fault, one for each check with just the fault that it is for, and Pacemaker's samples.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/conformance/result.ts';
import { CHECKOUT, complaintsOf, type RealRun, runReal } from '../../helpers/conformance/real-run.ts';

const FIXTURES = 'alert:test/fixtures/conformance-alert';
const SAMPLE = '/usr/share/pacemaker/alerts/alert_file.sh.sample';
const isRoot = process.getuid?.() === 0;

const CASES = {
  instances: [{ name: 'file', parameters: { CRM_alert_recipient: '/tmp/told' } }],
} satisfies RealRun['cases'];

/** Faults, by the agent that has them: the check that must see it, and what it must say. */
const FAULTS = [
  ['attribute-fails', 'AL-01', 'expected the alert attribute when an attribute changes to give 0; seen 1'],
  ['hangs', 'AL-02', 'expected the alert fencing to end within 1500 ms'],
  ['unknown-fails', 'AL-03', 'expected the alert weather of a kind that there is not to give 0; seen 2'],
  ['old-names', 'AL-04', 'expected the alert node without CRM_notify_* to give 0'],
  ['needs-recipient', 'AL-05', 'expected the alert node without a recipient to give 0'],
  [
    'evaluates',
    'AL-06',
    'expected the value of CRM_alert_attribute_value to stay a text; seen a command that ran',
  ],
  ['unquoted', 'AL-07', 'no error of the agent as a program with CRM_alert_attribute_value='],
  ['one-at-a-time', 'AL-08', 'expected 8 alerts at once to give 0'],
  ['needs-root', 'AL-09', 'expected the alert node to give 0 as hacluster'],
  ['leaves-process', 'AL-10', '(sleep 3600)'],
  ['leaves-files', 'AL-11', '12: /tmp/tmp.'],
  ['holds-outputs', 'AL-12', 'expected nobody to hold the outputs of the alert node'],
  ['needs-times', 'AL-13', 'without times, numbers and durations to give 0'],
] as const;

const check = (agent: string, run: RealRun = {}): Promise<readonly CheckResult[]> =>
  runReal(agent, { cases: CASES, ...run });

describe.concurrent('checks of alert agents', () => {
  it('find nothing in one without fault', { timeout: 120_000 }, async () => {
    const results = await check(`${FIXTURES}/good`);
    expect(complaintsOf(results)).toEqual([]);
    const skipped = results.filter(({ verdict }) => verdict === 'skipped').map(({ id }) => id);
    expect(skipped).toEqual(isRoot ? [] : ['AL-09']);
  });

  it.for(FAULTS.filter(([, id]) => isRoot || id !== 'AL-09'))(
    'see %s: %s',
    { timeout: 60_000 },
    async ([agent, id, seen]) => {
      const run = id === 'AL-02' ? { only: [id], settings: { timeoutFactor: 0.05 } } : { only: [id] };
      expect(complaintsOf(await check(`${FIXTURES}/${agent}`, run)).join('\n')).toContain(seen);
    },
  );

  it('find nothing in the sample that writes a file', { timeout: 120_000 }, async ({ skip }) => {
    skip(!existsSync(SAMPLE), 'pacemaker-common is not installed');
    const results = await check(`alert:${SAMPLE}`);
    expect(complaintsOf(results)).toEqual([]);
  });

  it('are those that the program has for alert:PATH', { timeout: 60_000 }, async () => {
    const program = [join(CHECKOUT, 'src/cli/bundlet.ts'), 'conformance', `${FIXTURES}/good`];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...program, '--only', 'AL-01', '-o', 'CRM_alert_recipient=/tmp/told'],
      { cwd: CHECKOUT },
    );
    expect(stdout).toMatch(/^ok +AL-01 /m);
  });
});
