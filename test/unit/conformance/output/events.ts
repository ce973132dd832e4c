import type { CheckResult, RunEvent, RunReport } from '../../../../src/conformance/result.ts';
import type { Run } from '../../../../src/conformance/run.ts';

/** What an unkind agent prints: a colour, a command of GitHub Actions, ends of CDATA and of a fence, a NUL, half of a pair. */
export const UNKIND = 'a\u001b[31mred\u001b[0m\n::error::not ours\n]]> ``` \u0000 \ud800 & <b> 100%\n';

export function run(number: number, over: Partial<Run> = {}): Run {
  return {
    number,
    action: 'stop',
    differences: [],
    end: { kind: 'exited', code: 0 },
    rc: 0,
    stdout: '',
    stderr: '',
    ms: 12,
    heldMs: 0,
    ...over,
  };
}

const REPEAT = "bundlet conformance ocf:test:good -o 'motto=a b' --only";

export function result(id: string, over: Partial<CheckResult> = {}): CheckResult {
  return {
    id,
    level: 'must',
    title: `rule of ${id}`,
    verdict: 'passed',
    findings: [],
    notes: [],
    ms: 10,
    runs: [],
    repeat: `${REPEAT} ${id}`,
    ...over,
  };
}

/** One of each kind. */
export const RESULTS: readonly CheckResult[] = [
  result('META-01', { runs: [run(1, { action: 'meta-data', stdout: '<resource-agent/>\n' })] }),
  result('ACT-03', {
    title: 'stop of a stopped resource gives 0',
    verdict: 'failed',
    ms: 1234,
    findings: [
      { expected: 'stop when stopped to give 0', seen: '1 (error: no such file)', runs: [2] },
      { expected: 'one # line', seen: '2 of them: a, b', runs: [2] },
    ],
    notes: ['took its time'],
    runs: [
      run(1, { action: 'monitor', end: { kind: 'exited', code: 7 }, rc: 7 }),
      run(2, {
        end: { kind: 'exited', code: 1 },
        rc: 1,
        differences: ['OCF_CHECK_LEVEL=10'],
        exitReason: 'no such file',
        stdout: UNKIND,
        stderr: 'ocf-exit-reason:no such file\n',
      }),
    ],
  }),
  result('ACT-12', {
    level: 'should',
    verdict: 'failed',
    findings: [{ expected: 'nothing on standard output', seen: '"noise"', runs: [] }],
    runs: [run(1, { stdout: 'noise\n' })],
  }),
  result('PROM-01', { verdict: 'skipped', reason: 'It has no promote # and no \\ either', ms: 0 }),
  result('TIME-01', { verdict: 'broken', reason: 'Expected a number\nof ticks', ms: 3 }),
];

export const REPORT: RunReport = {
  schemaVersion: 1,
  bundlet: '0.1.0',
  agent: {
    class: 'ocf',
    name: 'ocf:test:good',
    path: '/work space/agents/good',
    agentVersion: '2.0',
    apiVersion: '1.1',
    parameters: { motto: 'a b', quote: `"<'|&` },
  },
  environment: { system: 'Debian 12', kernel: '6.1', user: 'root', place: 'sandbox', seed: 42 },
  startedAt: '2026-01-02T03:04:05.678Z',
  ms: 4321,
  checks: RESULTS,
  costs: [
    { action: 'monitor', count: 10, median: 12, p95: 15, max: 20, cpuMedian: 8, forksMedian: 3 },
    { action: 'start', count: 2, median: 1500, p95: 1600, max: 1600 },
  ],
  summary: { mustFailed: 1, shouldFailed: 1, passed: 1, skipped: 1, broken: 1 },
};

/** The events of a run that makes this report. */
export function eventsOf(report: RunReport = REPORT): readonly RunEvent[] {
  const { checks, costs: _costs, summary: _summary, ms: _ms, ...began } = report;
  return [
    { type: 'began', report: began, checks: checks.map(({ id }) => id) },
    ...checks.flatMap((check): readonly RunEvent[] => [
      { type: 'check-began', id: check.id, title: check.title },
      ...check.runs.map((one): RunEvent => ({ type: 'action', id: check.id, run: one })),
      { type: 'check-ended', result: check },
    ]),
    { type: 'ended', report },
  ];
}
