/** One option of a tool. */
export interface ToolOption {
  /** Without its dashes. */
  readonly long: string;
  readonly short?: string;
  /** What `--help` calls its value; absent = it takes none. */
  readonly value?: string;
  /** The value may be left out. */
  readonly optional?: true;
  /** The value may follow the letter in the same word: `-n5`. Otherwise the rest of the word is more letters. */
  readonly joined?: true;
  /** What it does, for `--help`; absent = taken, but not shown. */
  readonly meaning?: string;
}

/** What a tool takes. */
export interface ToolUsage {
  readonly name: string;
  /** In one line. */
  readonly does: string;
  readonly options: readonly ToolOption[];
  /** `--help-X` for each X; all of them print the whole text here. */
  readonly helpPages: readonly string[];
}

/** An option as it was given. */
export interface GivenOption {
  /** Long name, without dashes, however it was spelled. */
  readonly option: string;
  /** Without its dashes, as it was spelled: a letter, or a long name. */
  readonly spelled: string;
  readonly value?: string;
}

/** What stands on a command line: what was given, or a call for help, or what is wrong with it. */
export type CommandLine =
  | { readonly kind: 'given'; readonly options: readonly GivenOption[]; readonly operands: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Options that each of these tools has. */
export const COMMON_OPTIONS: readonly ToolOption[] = [
  { long: 'version', short: '$', meaning: 'print the version and end' },
  { long: 'verbose', short: 'V', meaning: 'taken, without effect' },
];

/** Options of those tools that can print XML. */
export const OUTPUT_OPTIONS: readonly ToolOption[] = [
  { long: 'output-as', value: 'FORMAT', meaning: 'text (the default), xml or none' },
  { long: 'output-to', value: 'DEST', meaning: 'only "-", the standard output' },
  { long: 'text-fancy', meaning: 'taken, without effect' },
];

/**
 * Reads a command line as Pacemaker's tools do: first words of several letters are taken apart
 * [pcmk cmdline.c: pcmk__cmdline_preproc], then GLib's rules hold. So options and operands may stand in any order, long
 * names can't be abbreviated, and a value that starts with a dash is safe only after a letter, or behind `=`.
 */
export function readCommandLine(usage: ToolUsage, args: readonly string[]): CommandLine {
  const words = takeApart(usage.options, args);
  const options: GivenOption[] = [];
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const found = optionOf(usage, word);
    if (found === 'help') {
      return { kind: 'help' };
    }
    if (found === undefined) {
      return { kind: 'wrong', message: `Unknown option ${word}` };
    }
    const taken = readValue(found, words[at + 1]);
    if (taken === undefined) {
      return { kind: 'wrong', message: `Missing argument for ${word}` };
    }
    // The real tools read values in the locale "C", whatever the caller's is.
    if (taken.value !== undefined && !isAscii(taken.value)) {
      return { kind: 'wrong', message: 'Invalid byte sequence in conversion input' };
    }
    at += taken.words;
    const { option, spelled } = found;
    options.push({
      option: option.long,
      spelled,
      ...(taken.value === undefined ? {} : { value: taken.value }),
    });
  }
  return { kind: 'given', options, operands };
}

/** Text of `--help`. */
export function helpText(usage: ToolUsage): string {
  const rows = [...usage.options.filter(({ meaning }) => meaning !== undefined), HELP].map(
    (option) => [spelling(option), option.meaning] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, meaning]) => `  ${left.padEnd(width)}  ${meaning}\n`);
  return `Usage:\n  ${usage.name} [OPTION...]\n\n${usage.name} - ${usage.does}\n\n${lines.join('')}`;
}

const HELP: ToolOption = { long: 'help', short: 'h', meaning: 'this text' };

interface FoundOption {
  readonly option: ToolOption;
  readonly spelled: string;
  /** What stands behind `=`. */
  readonly attached?: string;
}

function optionOf(usage: ToolUsage, word: string): FoundOption | 'help' | undefined {
  if (!word.startsWith('--')) {
    const letter = word.slice(1);
    const option = usage.options.find(({ short }) => short === letter);
    if (option === undefined) {
      return letter === '?' || letter === 'h' ? 'help' : undefined;
    }
    return { option, spelled: letter };
  }
  const text = word.slice(2);
  if (text === 'help' || text === 'help-all' || usage.helpPages.some((page) => text === `help-${page}`)) {
    return 'help';
  }
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const option = usage.options.find(({ long }) => long === name);
  if (option === undefined) {
    return undefined;
  }
  return { option, spelled: name, ...(equals < 0 ? {} : { attached: text.slice(equals + 1) }) };
}

/** The option's value and how many more words it took; undefined where one is missing. */
function readValue(
  found: FoundOption,
  next: string | undefined,
): { value?: string; words: number } | undefined {
  const { option, attached } = found;
  if (option.value === undefined) {
    // GLib takes `--flag=anything` and forgets what stands behind it.
    return { words: 0 };
  }
  if (attached !== undefined) {
    return { value: attached, words: 0 };
  }
  if (next === undefined || (option.optional && next.startsWith('-'))) {
    return option.optional ? { words: 0 } : undefined;
  }
  return { value: next, words: 1 };
}

/**
 * Gives each letter a word of its own. What looks like a negative number stays a value; so does the lowest score, as in
 * later releases: 2.1.5 reads `--update -INFINITY` as several options, and sets another value for a node "FINITY".
 */
function takeApart(options: readonly ToolOption[], args: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') {
      words.push(...args.slice(at));
      break;
    }
    if (!/^-[^-]/u.test(word) || /^-(INFINITY|[1-9][0-9]*)$/u.test(word)) {
      words.push(word);
      continue;
    }
    const letters = lettersOf(options, word);
    words.push(...letters.words);
    const next = args[at + 1];
    if (letters.wantsValue && next !== undefined && next !== '--') {
      words.push(next);
      at += 1;
    }
  }
  return words;
}

function lettersOf(options: readonly ToolOption[], word: string): { words: string[]; wantsValue: boolean } {
  const words: string[] = [];
  const letters = [...word.slice(1)];
  for (const [at, letter] of letters.entries()) {
    words.push(`-${letter}`);
    if (options.some(({ short, joined }) => joined && short === letter)) {
      const rest = letters.slice(at + 1).join('');
      return { words: rest === '' ? words : [...words, rest], wantsValue: rest === '' };
    }
  }
  return { words, wantsValue: false };
}

function spelling({ long, short, value, optional }: ToolOption): string {
  const letter = short === undefined ? '    ' : `-${short}, `;
  const operand = value === undefined ? '' : `=${value}`;
  return `${letter}--${long}${optional ? `[${operand}]` : operand}`;
}

/** Biome forbids control characters in patterns, so by code. */
function isAscii(text: string): boolean {
  return [...text].every((letter) => letter < '\u0080');
}
