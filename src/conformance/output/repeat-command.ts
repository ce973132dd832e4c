import { shellWord } from '../shell-words.ts';

// What would not survive a line of text, or a look at it.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/**
 * A word for a command line of one line. Text with line ends and other controls is written `$'a\nb'` [POSIX.1-2024 2.2.4], which bash,
 * ksh and zsh take too; all else is plain POSIX.
 */
export function printableWord(word: string): string {
  if (!UNPRINTABLE.test(word)) {
    return shellWord(word);
  }
  const escaped = [...word].map((character) => ESCAPES[character] ?? octal(character)).join('');
  return `$'${escaped}'`;
}

function octal(character: string): string {
  if (!UNPRINTABLE.test(character)) {
    return character;
  }
  // By bytes, always three digits: what follows may be a digit, too.
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Options of `bundlet conformance` that change what a check does, as they are told in reports. */
export interface Repeatable {
  readonly agent: string;
  /** Of the command line; masked where they are secret. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Further options in order, each with its value if it has one: `['--seed', '42']`. */
  readonly options: readonly (readonly string[])[];
}

/** The command that repeats a run, without `--only ID`, which goes behind it. */
export function repeatCommand({ agent, parameters, options }: Repeatable): string {
  const words = [
    'bundlet',
    'conformance',
    agent,
    ...Object.entries(parameters).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...options.flat(),
  ];
  return words.map(printableWord).join(' ');
}
