import { describe, expect, it } from 'vitest';
import { headerFaults } from '../../../../../src/conformance/checks/lsb/header-faults.ts';
import { headerTextOf } from '../../../../../src/conformance/subject/lsb-header-text.ts';

const header = (...lines: readonly string[]): string =>
  ['### BEGIN INIT INFO', ...lines, '### END INIT INFO'].join('\n');
const ALL = [
  '# Provides:          web',
  '# Required-Start:    $network',
  '# Required-Stop:',
  '# Default-Start:     2 3 4 5',
  '# Default-Stop:      0 1 6',
  '# Short-Description: a web server',
];

describe('headerFaults', () => {
  it('finds nothing in a header by the book', () => {
    const more = [
      '# Should-Start: $named',
      '# X-Interactive: true',
      '# Description: It serves',
      '#  much',
      '#\tmore',
      '#',
    ];
    expect(headerFaults(header(...ALL, ...more))).toEqual([]);
  });

  it.each([
    ['no header', '', '0 lines "### BEGIN INIT INFO" and 0 lines "### END INIT INFO" behind them'],
    ['no end', header(...ALL).replace('### END INIT INFO', ''), '1 lines "### BEGIN'],
    ['two headers', `${header(...ALL)}\n${header(...ALL)}`, '2 lines "### BEGIN'],
    ['a keyword twice', header(...ALL, '# Provides: web'), 'Provides twice'],
    ['an unknown keyword', header(...ALL, '# Cost: none'), 'Cost, which nobody knows'],
    ['a line of the script', header(...ALL, 'exit 0'), 'a line that is no keyword: exit 0'],
    ['nothing provided', header('# Provides:', ...ALL.slice(1)), 'Provides without a value'],
    ['a keyword missing', header(...ALL.slice(0, -1)), 'no Short-Description'],
  ])('sees %s', (_, text, seen) => {
    expect(headerFaults(text).join('\n')).toContain(seen);
  });
});

describe('headerTextOf', () => {
  it('gives everything between the first mark and the last', () => {
    const text = header(...ALL);
    expect(headerTextOf(`#!/bin/sh\n${text}\nexit 0\n`)).toBe(text);
    expect(headerTextOf(`${text}\nx\n${text}\n`)).toBe(`${text}\nx\n${text}`);
    expect(headerTextOf('#!/bin/sh\nexit 0\n')).toBe('');
  });
});
