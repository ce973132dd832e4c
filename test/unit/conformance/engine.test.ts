import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/conformance/check.ts';
import { costsOf, quantile, summaryOf } from '../../../src/conformance/costs.ts';
import { type RunPlan, runChecks } from '../../../src/conformance/engine.ts';
import type { Job, JobRunner } from '../../../src/conformance/job.ts';
import { jobLimitMs } from '../../../src/conformance/job-limit.ts';
import type { CheckResult, RunEvent, Verdict } from '../../../src/conformance/result.ts';
import type { Run } from '../../../src/conformance/run.ts';
import { fakeSubject } from '../../helpers/conformance/fake-trial.ts';

const check = (id: string, more: Partial<Check> = {}): Check => ({
  ...{ id, class: 'ocf', level: 'must', title: id, why: '', source: '', remedy: '', needs: [] },
  run: async () => undefined,
  ...more,
});
const result = (id: string, verdict: Verdict = 'passed', more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ id, level: 'must', title: id, verdict, findings: [], notes: [], ms: 1, runs: [], repeat: '' },
  ...more,
});
const run = (more: Partial<Run>): Run => ({
  ...{ number: 1, action: 'monitor', differences: [], rc: 0, stdout: '', stderr: '', ms: 1, heldMs: 0 },
  end: { kind: 'exited', code: 0 },
  ...more,
});

/** Gives its results when it is told to. */
class Runner implements JobRunner {
  readonly limit: number;
  readonly begun: string[] = [];
  most = 0;
  #running = 0;
  readonly #answer: (job: Job, turn: number) => Promise<CheckResult>;

  constructor(limit: number, answer: (job: Job, turn: number) => Promise<CheckResult>) {
    this.limit = limit;
    this.#answer = answer;
  }

  async run(job: Job): Promise<CheckResult> {
    this.begun.push(job.check);
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    try {
      return await this.#answer(job, this.begun.filter((id) => id === job.check).length);
    } finally {
      this.#running -= 1;
    }
  }
}

const SETTINGS = { seed: 1, timeoutFactor: 1, live: false, command: 'bundlet conformance x' };
const planFor = (runner: JobRunner, checks: readonly Check[], more: Partial<RunPlan> = {}): RunPlan => ({
  ...{ subject: fakeSubject(), checks, settings: SETTINGS, runner, place: 'sandbox', bundlet: 'test' },
  ...more,
});
const never = new AbortController().signal;

describe('a run', () => {
  it('tells of ends in the order of the checks, whatever ends first', async () => {
    const late = Promise.withResolvers<void>();
    const runner = new Runner(2, async ({ check: id }) => {
      await (id === 'A-01' ? late.promise : undefined);
      if (id === 'A-03') {
        late.resolve();
      }
      return result(id);
    });
    const events: RunEvent[] = [];
    const plan = planFor(
      runner,
      ['A-01', 'A-02', 'A-03'].map((id) => check(id)),
    );
    const report = await runChecks(plan, (event) => events.push(event), never);
    const ended = events.flatMap((event) => (event.type === 'check-ended' ? event.result.id : []));
    expect(ended).toEqual(['A-01', 'A-02', 'A-03']);
    expect(report.checks.map(({ id }) => id)).toEqual(ended);
    expect([events[0]?.type, events.at(-1)?.type, runner.most]).toEqual(['began', 'ended', 2]);
  });

  it('has at most so many jobs at a time as are wished for, and as the runner carries', async () => {
    for (const [limit, jobs, most] of [
      [3, 2, 2],
      [1, 5, 1],
    ] as const) {
      const runner = new Runner(limit, async ({ check: id }) => result(id));
      await runChecks(
        planFor(
          runner,
          ['A', 'B', 'C', 'D'].map((id) => check(id)),
          { jobs },
        ),
        () => undefined,
        never,
      );
      expect(runner.most).toBe(most);
    }
  });

  it('makes no place for what is skipped anyway', async () => {
    const runner = new Runner(1, async ({ check: id }) => result(id));
    const subject = { ...fakeSubject(), cases: { instances: [], skip: { 'A-01': 'says its author' } } };
    const checks = [check('A-01'), check('A-02', { skip: () => 'says the check' })];
    const report = await runChecks(planFor(runner, checks, { subject }), () => undefined, never);
    expect(report.checks.map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual([
      'skipped: says its author',
      'skipped: says the check',
    ]);
    expect(runner.begun).toEqual([]);
  });

  it('repeats until one does not pass', async () => {
    const runner = new Runner(1, async ({ check: id }, turn) => result(id, turn === 3 ? 'failed' : 'passed'));
    const report = await runChecks(planFor(runner, [check('A-01')], { repeat: 5 }), () => undefined, never);
    expect(report.checks[0]).toMatchObject({ verdict: 'failed', notes: ['Run 3 of 5'] });
    expect(runner.begun).toHaveLength(3);
  });

  it('goes on when a place can not be made', async () => {
    const runner = new Runner(1, async ({ check: id }) => {
      if (id === 'A-01') {
        throw new Error('No more processes');
      }
      return result(id);
    });
    const report = await runChecks(planFor(runner, [check('A-01'), check('A-02')]), () => undefined, never);
    expect(report.checks.map(({ verdict }) => verdict)).toEqual(['broken', 'passed']);
    expect(report.checks[0]?.reason).toBe('No more processes');
  });

  it('gives a report of all checks when it is interrupted', async () => {
    const ended = new AbortController();
    const runner = new Runner(1, async ({ check: id }) => {
      ended.abort();
      return result(id, 'skipped');
    });
    const checks = ['A-01', 'A-02'].map((id) => check(id));
    const report = await runChecks(planFor(runner, checks), () => undefined, ended.signal);
    expect(report.checks.map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped']);
    expect(runner.begun).toEqual(['A-01']);
  });
});

describe('figures', () => {
  it('are of ordinary calls that found the service at work', () => {
    const runs = [
      run({ ms: 10, cpuMs: 1, forks: 2 }),
      run({ ms: 30, rc: 8, end: { kind: 'exited', code: 8 } }),
      run({ ms: 1000, rc: 7, end: { kind: 'exited', code: 7 } }),
      run({ ms: 1000, differences: ['a probe'] }),
      run({ ms: 1000, end: { kind: 'timed-out', limitMs: 1000 }, rc: -1 }),
      run({ action: 'start', ms: 5 }),
    ];
    expect(costsOf([result('A-01', 'passed', { runs })])).toEqual([
      { action: 'monitor', count: 2, median: 10, p95: 30, max: 30, cpuMedian: 1, forksMedian: 2 },
      { action: 'start', count: 1, median: 5, p95: 5, max: 5 },
    ]);
  });

  it('of one, many, none', () => {
    expect([
      quantile([4], 0.5),
      quantile([1, 2, 3, 4], 0.5),
      quantile([1, 2, 3, 4], 0.95),
      quantile([], 1),
    ]).toEqual([4, 2, 4, 0]);
  });

  it('of verdicts by level', () => {
    const results = [
      result('A', 'failed'),
      result('B', 'failed', { level: 'should' }),
      ...(['passed', 'skipped', 'broken'] as const).map((verdict) => result('C', verdict)),
    ];
    expect(summaryOf(results)).toEqual({ mustFailed: 1, shouldFailed: 1, passed: 1, skipped: 1, broken: 1 });
  });

  it.each([
    [1000, 1, 60_000],
    [20_000, 1, 240_000],
    [20_000, 2, 480_000],
    [1_000_000, 1, 600_000],
  ])('with timeouts of %i ms, times %i, a check gets %i ms', (timeoutMs, timeoutFactor, limitMs) => {
    const actions = ['start', 'stop', 'monitor'].map((name) => ({ name, timeoutMs }));
    const metadata = { name: 'x', apiVersion: '1.1', parameters: [], actions };
    expect(jobLimitMs({ ...fakeSubject(), metadata }, { ...SETTINGS, timeoutFactor })).toBe(limitMs);
  });
});
