import { describe, expect, it } from 'vitest';
import { eventsOf, REPORT } from './events.ts';
import { shown } from './kit.ts';

describe('the Markdown report', () => {
  const text = shown('markdown');

  it('has its parts, what is wrong before all checks', () => {
    expect(text.match(/^#+ .*$/gm)).toEqual([
      '# Conformance of ocf:test:good',
      '## What is wrong',
      '### FAIL ACT-03 stop of a stopped resource gives 0',
      '### warn ACT-12 rule of ACT-12',
      '### broken TIME-01 rule of TIME-01',
      '## All checks',
      '## What actions cost',
    ]);
  });

  it('has tables with as many cells in each row as in the head', () => {
    const tables = text.split('\n\n').filter((part) => part.startsWith('| '));
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((line) => line.match(/(?<!\\)\|/g)?.length);
      expect(new Set(widths).size, table).toBe(1);
    }
  });

  it('holds what agents print in a fence that they can not end, and shows it safely', () => {
    expect(text).toContain('  ````text\n  a\\x1b[31mred\\x1b[0m\n  ::error::not ours\n  ]]> ``` \\x00');
    expect(text).not.toContain('\u001b');
  });

  it('takes no mark, link or element of others for its own', () => {
    const agent = { ...REPORT.agent, name: '<b>*x*</b> [a](b) `c` | d' };
    expect(shown('markdown', {}, eventsOf({ ...REPORT, agent }))).toContain(
      '# Conformance of \\<b\\>\\*x\\*\\</b\\> \\[a\\](b) \\`c\\` \\| d\n',
    );
  });

  it('tells what has changed since the baseline', () => {
    const comparison = { regressions: ['ACT-03 fails'], better: [] };
    expect(shown('markdown', {}, eventsOf({ ...REPORT, comparison }))).toContain(
      '## Against the baseline\n\n- worse: ACT-03 fails\n',
    );
  });
});
