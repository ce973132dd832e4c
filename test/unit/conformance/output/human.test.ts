import { describe, expect, it } from 'vitest';
import { makeReporter } from '../../../../src/conformance/output/formats.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { eventsOf, REPORT, RESULTS, result, run } from './events.ts';
import { shown } from './kit.ts';

const REPEAT = "bundlet conformance ocf:test:good -o 'motto=a b' --only";
const SUMMARY = '1 passed, 1 MUST failed, 1 SHOULD failed, 1 skipped, 1 broken in 4.3 s\n';

const FAILURE = String.raw`FAIL   ACT-03  stop of a stopped resource gives 0 (1.2 s)
       expected  stop when stopped to give 0
       seen      1 (error: no such file)
       expected  one # line
       seen      2 of them: a, b
       run 2     stop (OCF_CHECK_LEVEL=10): 1 (error: no such file), 12 ms
       stdout    | a\x1b[31mred\x1b[0m
                 | ::error::not ours
                 | ]]> ${'```'} \x00 \ud800 & <b> 100%
       stderr    | ocf-exit-reason:no such file
       note      took its time
       repeat    ${REPEAT} ACT-03
`;

const BROKEN = `broken TIME-01 rule of TIME-01 (3 ms)
       reason    | Expected a number
                 | of ticks
       repeat    ${REPEAT} TIME-01
`;

const WARNING = `ACT-12  rule of ACT-12 (10 ms)
       expected  nothing on standard output
       seen      "noise"
       run 1     stop: 0 (ok), 12 ms
       stdout    | noise
       repeat    ${REPEAT} ACT-12
`;

const COSTS = `
action   times  median    p95  longest   CPU  processes
monitor     10   12 ms  15 ms    20 ms  8 ms          3
start        2   1.5 s  1.6 s    1.6 s     -          -
`;

describe('the view for people', () => {
  it('is, byte for byte, a line a check, what is wrong, costs, a summary', () => {
    expect(shown('human')).toBe(
      `ocf:test:good 2.0: 5 checks, sandbox, seed 42

ok     META-01 rule of META-01 (10 ms)
${FAILURE}warn   ${WARNING}skip   PROM-01 rule of PROM-01: It has no promote # and no \\ either (0 ms)
${BROKEN}${COSTS}
${SUMMARY}`,
    );
  });

  it('shows what decides alone when quiet', () => {
    expect(shown('human', { detail: 'quiet' })).toBe(`${FAILURE}${BROKEN}${SUMMARY}`);
  });

  it('counts a SHOULD as it does a MUST when strict', () => {
    expect(shown('human', { detail: 'quiet', strict: true })).toBe(
      `${FAILURE}FAIL   ${WARNING}${BROKEN}${SUMMARY}`,
    );
  });

  it('shows every action of every check when verbose', () => {
    const text = shown('human', { detail: 'verbose' });
    expect(text).toContain(
      '       run 1     meta-data: 0 (ok), 12 ms\n       stdout    | <resource-agent/>\n',
    );
    expect(text).toContain('       run 1     monitor: 7 (not running), 12 ms\n');
  });

  it('leaves out the middle of long output, unless verbose', () => {
    const stdout = Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join('');
    const findings = [{ expected: 'little', seen: 'much', runs: [1] }];
    const checks = [result('ACT-12', { verdict: 'failed', findings, runs: [run(1, { stdout })] })];
    const events = eventsOf({ ...REPORT, checks });
    const lines = shown('human', {}, events)
      .split('\n')
      .filter((line) => line.includes('| '));
    expect(lines.map((line) => line.replace(/.*\| /, ''))).toEqual([
      ...['line 1', 'line 2', 'line 3', 'line 4', 'line 5', '(80 lines more)'],
      ...Array.from({ length: 15 }, (_, index) => `line ${index + 86}`),
    ]);
    expect(shown('human', { detail: 'verbose' }, events)).toContain('| line 50\n');
  });

  it('says what is worse and better than the baseline', () => {
    const comparison = { regressions: ['ACT-03 fails now'], better: ['ACT-05 passes now'] };
    expect(shown('human', {}, eventsOf({ ...REPORT, comparison }))).toContain(
      '\nAgainst the baseline:\nworse  ACT-03 fails now\nbetter ACT-05 passes now\n',
    );
  });

  it('uses colours only where it may', () => {
    expect(shown('human', { colours: true })).toContain('\u001b[32mok    \u001b[39m META-01');
    expect(shown('human')).not.toContain('\u001b');
  });
});

describe('the last line of a terminal', () => {
  /** Everything written up to and with the given event, then some time. */
  function terminal(columns: number, upTo: number, waitMs = 0) {
    const clock = new FakeClock();
    let text = '';
    const reporter = makeReporter(
      'human',
      (part) => {
        text += part;
      },
      {
        strict: false,
        detail: 'normal',
        colours: false,
        clock,
        columns: () => columns,
      },
    );
    for (const event of eventsOf().slice(0, upTo)) {
      reporter.take(event);
    }
    clock.advance(waitMs);
    return { text: () => text, reporter, clock };
  }

  it('tells what goes on, and for how long', () => {
    // Began, then of META-01 its begin and its action.
    expect(terminal(80, 3, 2000).text().split('\r\u001b[K').at(-1)).toBe(
      '[0/5] META-01, 1 action, the last meta-data, 2 s',
    );
  });

  it('never reaches the edge, where it would wrap', () => {
    expect(terminal(12, 3).text().split('\r\u001b[K').at(-1)).toBe('[0/5] META-');
  });

  it('gives way to lines, and is gone in the end', () => {
    const { text, reporter, clock } = terminal(80, 4);
    expect(text()).toContain('\r\u001b[Kok     META-01 rule of META-01 (10 ms)\n\r\u001b[K[1/5]');
    reporter.close();
    expect(text().endsWith('\r\u001b[K')).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('is not there after a whole run either, and shows the same lines', () => {
    const { text, clock } = terminal(80, Number.POSITIVE_INFINITY);
    expect(clock.waiting).toBe(0);
    const left = text()
      .split('\r\u001b[K')
      .map((part) => part.replace(/^\[\d+\/\d+\].*$/, ''))
      .join('');
    expect(left).toBe(shown('human'));
    expect(RESULTS.every(({ id }) => left.includes(id))).toBe(true);
  });
});
