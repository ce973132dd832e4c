import { describe, expect, it } from 'vitest';
import { eventsOf, RESULTS, UNKIND } from './events.ts';
import { shown } from './kit.ts';

interface Point {
  readonly isOk: boolean;
  readonly number: number;
  readonly text: string;
  readonly directive?: string;
  readonly reason?: string;
  readonly block: readonly (readonly [string, unknown])[];
}

interface Stream {
  readonly version: string;
  readonly plan: number;
  readonly points: readonly Point[];
  readonly bail?: string;
}

const POINT = /^(not )?ok (\d+) - ((?:\\.|[^#\\])*)(?: # (\w+)(?: (.*))?)?$/;

/** As much of TAP 14 as is needed; throws for a line that is none. */
function parseTap(text: string): Stream {
  const lines = text.split('\n');
  const [version = '', plan = ''] = lines;
  const points: Point[] = [];
  let block: [string, unknown][] = [];
  let bail: string | undefined;
  for (const line of lines.slice(2)) {
    const [, isNot, number, title = '', directive, reason] = POINT.exec(line) ?? [];
    const [, key = '', value = ''] = /^ {2,4}(?:- )?([\w ]+):(?: (.*))?$/.exec(line) ?? [];
    if (number !== undefined) {
      block = [];
      points.push({
        isOk: isNot === undefined,
        number: Number(number),
        text: title.replace(/\\(.)/g, '$1').trimEnd(),
        ...(directive === undefined ? {} : { directive, reason: (reason ?? '').replace(/\\(.)/g, '$1') }),
        block,
      });
    } else if (key !== '') {
      // What is quoted must be a whole JSON string.
      block.push([key, value.startsWith('"') ? JSON.parse(value) : value]);
    } else if (line.startsWith('Bail out!')) {
      bail = line;
    } else if (!/^(#.*| {2}---| {2}\.\.\.|)$/.test(line)) {
      throw new Error(`Expected a line of TAP, got ${JSON.stringify(line)}`);
    }
  }
  return {
    version,
    plan: Number(/^1\.\.(\d+)$/.exec(plan)?.[1]),
    points,
    ...(bail === undefined ? {} : { bail }),
  };
}

describe('TAP', () => {
  const { version, plan, points, bail } = parseTap(shown('tap'));

  it('is of version 14 and has a point for each check of the plan', () => {
    expect(version).toBe('TAP version 14');
    expect(plan).toBe(RESULTS.length);
    expect(points.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(bail).toBeUndefined();
  });

  it('tells the verdict: skipped and SHOULD by directives', () => {
    expect(points.map(({ isOk, directive }) => [isOk, directive])).toEqual([
      [true, undefined],
      [false, undefined],
      [false, 'TODO'],
      [true, 'SKIP'],
      [false, undefined],
    ]);
    expect(points[1]?.text).toBe('ACT-03 stop of a stopped resource gives 0');
    expect(points[3]?.reason).toBe(RESULTS[3]?.reason);
  });

  it('has no TODO when strict', () => {
    expect(parseTap(shown('tap', { strict: true })).points[2]?.directive).toBeUndefined();
  });

  it('tells in its block what is wrong, with every letter that the agent printed', () => {
    const block = points[1]?.block ?? [];
    expect(block).toContainEqual(['expected', 'one # line']);
    expect(block).toContainEqual(['stdout', UNKIND]);
    expect(block).toContainEqual(['duration_ms', '1234']);
  });

  it('bails out of a run that has ended early', () => {
    const events = eventsOf();
    const cut = [...events.slice(0, 5), ...events.slice(-1)];
    expect(parseTap(shown('tap', {}, cut)).bail).toBe('Bail out! Ended after 1 of 5 checks');
  });
});
