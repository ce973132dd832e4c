import { describe, expect, it } from 'vitest';
import {
  COMMON_OPTIONS,
  helpText,
  readCommandLine,
  type ToolUsage,
} from '../../../../src/proxy/tools/command-line.ts';

const USAGE: ToolUsage = {
  name: 'tool',
  does: 'does something',
  helpPages: ['command'],
  options: [
    { long: 'name', short: 'n', value: 'NAME', joined: true, meaning: 'which one' },
    { long: 'value', short: 'v', value: 'VALUE', joined: true },
    { long: 'plain', short: 'x', value: 'VALUE' },
    { long: 'promotion', short: 'p', value: 'RESOURCE', optional: true, joined: true, meaning: 'a score' },
    { long: 'query', short: 'Q', meaning: 'ask' },
    ...COMMON_OPTIONS,
  ],
};

/** What was given, in short: letters and names as they were spelled, then operands. */
function read(...args: readonly string[]): string {
  const line = readCommandLine(USAGE, args);
  if (line.kind !== 'given') {
    return line.kind === 'help' ? 'help' : line.message;
  }
  const options = line.options.map(({ spelled, value }) =>
    value === undefined ? spelled : `${spelled}=${value}`,
  );
  return [...options, ...line.operands.map((operand) => `<${operand}>`)].join(' ');
}

describe('command line of a tool', () => {
  const cases: readonly (readonly [args: readonly string[], expected: string])[] = [
    [[], ''],
    [['-n', 'a', '-Q'], 'n=a Q'],
    [['-na'], 'n=a'],
    [['-Qna'], 'Q n=a'],
    [['-Qn', 'a'], 'Q n=a'],
    [['-nQ', '-Q'], 'n=Q Q'],
    [['--name', 'a'], 'name=a'],
    [['--name=a=b'], 'name=a=b'],
    [['--name='], 'name='],
    [['-n', ''], 'n='],
    [['--query=7'], 'query'],
    [['one', '-Q', 'two'], 'Q <one> <two>'],
    [['-Q', '--', '-n'], 'Q <-n>'],
    [['-'], '<->'],
    [['-n', '-'], 'n=-'],
    [[''], '<>'],
    // A value with a dash: safe after a letter that takes one, taken apart after a long name.
    [['-v', '-5'], 'v=-5'],
    [['-v-5'], 'v=-5'],
    [['-v', '-Q'], 'v=-Q'],
    [['-v', '-INFINITY'], 'v=-INFINITY'],
    [['--value', '-INFINITY'], 'value=-INFINITY'],
    [['--value', '-15'], 'value=-15'],
    [['--value', '-QV'], 'value=-Q V'],
    [['--value', '-0'], 'value=-0'],
    [['--value', '-01'], 'Unknown option -1'],
    [['-v', '--', '-Q'], 'v=-- Q'],
    [['-xQ'], 'x=-Q'],
    [['-p'], 'p'],
    [['-p', 'rsc'], 'p=rsc'],
    [['-prsc'], 'p=rsc'],
    [['-p', '-Q'], 'p Q'],
    [['--promotion'], 'promotion'],
    [['--promotion=rsc'], 'promotion=rsc'],
    [['--promotion', '-Q'], 'promotion Q'],
    [['-$'], '$'],
    [['-VVV'], 'V V V'],
    // Wrong.
    [['-z'], 'Unknown option -z'],
    [['-Qz'], 'Unknown option -z'],
    [['-5'], 'Unknown option -5'],
    [['-5a'], 'Unknown option -5'],
    [['--nam', 'a'], 'Unknown option --nam'],
    [['--foo=7'], 'Unknown option --foo=7'],
    [['-n'], 'Missing argument for -n'],
    [['--name'], 'Missing argument for --name'],
    [['-n', 'é'], 'Invalid byte sequence in conversion input'],
    [['é', '-Q'], 'Q <é>'],
    // Help ends the reading, an error before it does too.
    [['--help', '-z'], 'help'],
    [['-z', '--help'], 'Unknown option -z'],
    [['-Q?'], 'help'],
    [['-h'], 'help'],
    [['--help-all'], 'help'],
    [['--help-command'], 'help'],
    [['--help-other'], 'Unknown option --help-other'],
    [['--', '--help'], '<--help>'],
  ];

  it.each(cases)('%j is read as %s', (args, expected) => {
    expect(read(...args)).toBe(expected);
  });

  it('shows in its help what has a meaning', () => {
    expect(helpText(USAGE).split('\n')).toEqual([
      'Usage:',
      '  tool [OPTION...]',
      '',
      'tool - does something',
      '',
      '  -n, --name=NAME             which one',
      '  -p, --promotion[=RESOURCE]  a score',
      '  -Q, --query                 ask',
      '  -$, --version               print the version and end',
      '  -V, --verbose               taken, without effect',
      '  -h, --help                  this text',
      '',
    ]);
  });
});
