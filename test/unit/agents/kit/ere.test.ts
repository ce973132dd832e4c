// What is right is what the real grep says.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEre } from '../../../../agents/kit/ere.ts';
import { settings } from '../../../fuzz/settings.ts';

interface Verdict {
  /** Numbers of the lines that match; undefined: the pattern is refused. */
  readonly lines: readonly number[] | undefined;
}

function grep(pattern: string, lines: readonly string[], ignoreCase: boolean): Verdict {
  const args = ['-E', '-n', '-a', ...(ignoreCase ? ['-i'] : []), '-e', pattern];
  const { status, stdout } = spawnSync('grep', args, {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] },
  });
  if (status === 2) {
    return { lines: undefined };
  }
  return { lines: stdout.split('\n').flatMap((line) => (line === '' ? [] : [Number(line.split(':')[0])])) };
}

function ours(pattern: string, lines: readonly string[], ignoreCase: boolean): Verdict {
  try {
    const ere = compileEre(pattern, { ignoreCase });
    return { lines: lines.flatMap((line, index) => (ere.test(`${line}\n`) ? [index + 1] : [])) };
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return { lines: undefined };
  }
}

const LINES = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'aab',
  'abc abc',
  'aaaa',
  'foo_bar-baz',
  '</HTML>',
  '< / html >',
  '</   html   >',
  'a{1}',
  'a{,2}b',
  'a{x',
  '(a)',
  'x]y',
  'x-y',
  'x^y$z',
  'a\\b',
  'a*b+c?',
  'a|b',
  'tab\there',
  'é größer ÄÖ',
  'wide 😀 face',
  'w 9 _',
  '[:alpha:]',
  '.',
  '..',
];

const PATTERNS = `
a|^|$|^a|a$|^a$|^$|a*|a+|a?|^a*$|^(ab)+c?|(a|b)*c|a{2}|a{2,}|a{,2}b|^a{1,3}$|a{0}|a{0}b|(a{2}){2}|a{,}|{1}a|*a|+a|?a|(*a)|(+a)
a|b||(|a)b|()|()a|(a|)|a{|a{x|a{1|a{1,|a{2,1}|a{1a}|{|}|a}|]|x]y|[]]|[^]]|[]a]|[a-]|[-a]|[x^]|[\\^]|[$]|[a\\]|[[:alpha:]]
[[:upper:]]|[[:lower:]]|[^[:alnum:]]|[[:space:][:digit:]]|[[:punct:]]|[[:blank:]]|[[:cntrl:]]|[[:xdigit:]]+$|[[:graph:]]|[[:print:]]
[[:foo:]]|[:alpha:]|[:alph]|[[.a.]]|[[=a=]b]|[[.-.]]|[[.ab.]]|[[.a.]-c]|[b-a]|[a-c-e]|[|[a|[]|[^|[^]|[[:alpha|[[:alpha:]|a-z]
\\<a|a\\>|\\<foo\\>|\\bfoo|\\bbar|bar\\b|\\Ba|a\\B|\\B|\\b|\\<|\\>|\\w+|\\W|\\s|\\S|^\\w+$|\\\`a|a\\'|\\.|\\*|\\{|\\}|\\(a\\)|\\[|\\]|\\||\\^|\\$|\\a|\\n|\\/
.|..|^.$|^..$|.*|^.*$|wide . face|gr.{2}er|GRÖSSER|größer|äö|[ö]|[^a-z]|</ *html *>|a**|a+*|a?{2}|a{2}{2}|^*|^*a|(^a)|(a$)|a^b|a$b
(^|b)a|a($|b)|x(^|y)|(((a)))|((a)|(b))+|(a|ab)(c|bcd)?|)|(|(a|a)|a)b|(()|()(|\\|a\\|[[:alpha:]-z]|[a-[:alpha:]]|[+--]|[--.]
a{32767}|a{32768}|a{99999999999}|(a{255}){2}|\\w\\b|\\<\\w|^\\>|x*|(x*)*|(x*)+|(a*)+b|(a?){3}b
`
  .trim()
  .split('\n')
  .flatMap((line) => line.split(/(?<!\\)\|(?=.)/));

describe('a pattern', () => {
  const all = [
    ...PATTERNS,
    'a|b',
    'a||c',
    '|a',
    'a|',
    '(a|b)*c',
    'abc|^x|z$',
    'a\nb',
    '\n',
    'a\n(',
    '(^|_)bar|(-|$)',
  ];
  it.each([...new Set(all)])('%j finds what grep finds', (pattern) => {
    for (const ignoreCase of [false, true]) {
      const big = /\{32767\}/.test(pattern);
      const expected = grep(pattern, LINES, ignoreCase);
      expect({ ignoreCase, ...ours(pattern, LINES, ignoreCase) }).toEqual({
        ignoreCase,
        ...(big ? { lines: undefined } : expected),
      });
    }
  });

  it.each([
    ['(a)\\1', /^a regular expression with no back-reference .*, not \\1$/],
    ['a\\', /^a regular expression with a character after \\, not its end$/],
    ['(a', /with a \) for each \(, not its end$/],
    ['a{2,1}', /with an interval from the lower to the higher, not \{2,1\}$/],
    ['[a-c-e]', /with a - first, last or between/],
    ['[+-[:alpha:]]', /with a character as the end of a range, not a class$/],
    ['[a', /with a \] for each \[/],
    ['[[:nix:]]', /with a class such as \[\[:alpha:\]\], not \[\[:nix:\]\]$/],
    ['[:space:]', /with \[\[:space:\]\], not \[:space:\]$/],
    ['[z-a]', /with a range of characters from the lower to the higher, not the reverse$/],
    ['a{40000}', /with at most 32767 repetitions, not 40000$/],
    ['(a{100}){100}', /^a regular expression of at most 5000 steps/],
    ['('.repeat(101), /with at most 100 parentheses in each other/],
    ['x'.repeat(4097), /^a regular expression of at most 4096 characters, not of 4097$/],
  ])('%j is refused with a reason', (pattern, message) => {
    expect(() => compileEre(pattern)).toThrow(message);
    expect(() => compileEre(pattern)).toThrow(TypeError);
  });

  it('has ranges by code point', () => {
    // The C library has none beyond ASCII in this locale.
    expect(compileEre('^[à-ü]$').test('é')).toBe(true);
    expect(compileEre('^[à-ü]$').test('É')).toBe(false);
    expect(compileEre('^[à-ü]$', { ignoreCase: true }).test('É')).toBe(true);
    expect(compileEre('^[😀-😂]$').test('😁')).toBe(true);
  });

  it('is looked for in each line', () => {
    const found = (pattern: string, text: string): boolean => compileEre(pattern).test(text);
    expect(found('^b$', 'a\nb\nc')).toBe(true);
    expect(found('a.b', 'a\nb')).toBe(false);
    expect(found('[^x]b', 'a\nb')).toBe(false);
    expect(found('c$', 'a\nc')).toBe(true);
    expect(found('^$', 'a\n')).toBe(false);
    expect(found('^$', 'a\n\nb')).toBe(true);
    expect([found('', ''), found('', '\n'), found('', 'x')]).toEqual([false, true, true]);
  });
});

describe('random patterns', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      'c',
      'A',
      '.',
      '^',
      '$',
      '*',
      '+',
      '?',
      '|',
      '(',
      ')',
      '{2}',
      '{0,1}',
      '{1,}',
      '[ab]',
      '[^b]',
    ],
    ...[
      '\\<',
      '\\>',
      '\\b',
      '\\B',
      '\\w',
      '\\W',
      ' ',
      '_',
      '[[:upper:]]',
      'é',
      '()',
      '(a|b)',
      '\\.',
      '-',
      ']',
    ],
  );
  const line = fc
    .array(fc.constantFrom('a', 'b', 'c', 'A', 'B', ' ', '_', '.', '-', 'é', ']'), { maxLength: 8 })
    .map((characters) => characters.join(''));

  it('find what grep finds', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(line, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        (pieces, lines, ignoreCase) => {
          const pattern = pieces.join('');
          // POSIX leaves it open what an operator means that has no character before it, and grep is of two minds.
          fc.pre(!/(^|[(|^$]|\\[<>bB])[*+?{]/.test(pattern));
          expect(ours(pattern, lines, ignoreCase)).toEqual(grep(pattern, lines, ignoreCase));
        },
      ),
      settings(400),
    );
  });

  it('of any characters are read or refused', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.string({ unit: 'binary' }),
        (pattern, text) => {
          ours(pattern, [text], true);
        },
      ),
      settings(1000),
    );
  });
});

describe('the time that a search takes', () => {
  const MIB = 1024 * 1024;
  const sentence = 'The quick brown fox <p>jumps</p> over the lazy dog';
  const texts: Record<string, string> = {
    'one letter': `${'a'.repeat(MIB - 1)}b`,
    lines: `${sentence}\n`.repeat(MIB / 51),
    'one line': `${sentence} `.repeat(MIB / 51),
  };
  // 0.3 s is a bound for a busy machine: a backtracking search takes years, and 10 ms are usual.
  it.each([
    '(a+)+$',
    '(a|aa)*c',
    '(a*)*c',
    '(x+x+)+y',
    '(.*)(.*)(.*)zz',
    '</ *html *>',
    '(a{0,50}){0,20}c',
    '^(([a-z])+.)+[A-Z]$',
  ])('is short for %s in 1 MiB', (pattern) => {
    const ere = compileEre(pattern, { ignoreCase: true });
    for (const [name, text] of Object.entries(texts)) {
      const before = process.cpuUsage();
      ere.test(text);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000, name).toBeLessThan(300);
    }
  });

  it('is bounded where new states never end', () => {
    let seed = 1;
    const text = Array.from({ length: MIB }, () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed > 1073741824 ? 'a' : 'b';
    }).join('');
    expect(() => compileEre('a.{200}c').test(text)).toThrow(RangeError);
    expect(compileEre('a.{200}[ab]').test(text)).toBe(true);
  });
});

describe('an expression that is asked for again', () => {
  it('is the same one, but not for both cases, and until there are too many', () => {
    const first = compileEre('again', { ignoreCase: true });
    expect(compileEre('again', { ignoreCase: true })).toBe(first);
    expect(compileEre('again')).not.toBe(first);
    for (let count = 0; count < 16; count += 1) {
      compileEre(`other${count}`);
    }
    expect(compileEre('again', { ignoreCase: true })).not.toBe(first);
  });

  it('is made anew where it may hold much', () => {
    expect(compileEre('a{1,500}')).not.toBe(compileEre('a{1,500}'));
  });
});
