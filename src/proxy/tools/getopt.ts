/** What a script tells getopt(1), a colon behind what takes a value. */
export interface GetoptUsage {
  readonly name: string;
  /** Letters: `qv:`. */
  readonly short: string;
  /** `quiet`, `update:`, in the order in which ambiguous ones are told. */
  readonly long: readonly string[];
}

/** An option with its full name: `-v`, `--update`. */
export interface GetoptOption {
  readonly option: string;
  readonly value?: string;
}

/** What was given, without what is no option, and everything that is wrong. */
export interface GetoptResult {
  readonly options: readonly GetoptOption[];
  readonly errors: readonly string[];
}

/** Reads a command line as getopt(1) does for shell scripts: GNU's rules, so long names may be cut short. */
export function getopt(usage: GetoptUsage, args: readonly string[]): GetoptResult {
  const options: GetoptOption[] = [];
  const errors: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined && word !== '--'; word = rest.shift()) {
    if (!word.startsWith('-') || word === '-') {
      continue;
    }
    const read = word.startsWith('--') ? readLong(usage, word, rest) : readShort(usage, word, rest);
    for (const found of read) {
      if (typeof found === 'string') {
        errors.push(`${usage.name}: ${found}`);
      } else {
        options.push(found);
      }
    }
  }
  return { options, errors };
}

/** An option, or what is wrong. A value that is a word of its own is taken from the rest. */
type Reading = GetoptOption | string;

function readLong({ long }: GetoptUsage, word: string, rest: string[]): Reading[] {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const candidates = long.filter((known) => known.startsWith(name));
  const exact = candidates.find((known) => known.replace(':', '') === name);
  const known = exact ?? candidates[0];
  if (known === undefined) {
    return [`unrecognized option '--${name}'`];
  }
  if (exact === undefined && candidates.length > 1) {
    const names = candidates.map((candidate) => `'--${candidate.replace(':', '')}'`);
    return [`option '--${name}' is ambiguous; possibilities: ${names.join(' ')}`];
  }
  const option = `--${known.replace(':', '')}`;
  if (!known.endsWith(':')) {
    return equals < 0 ? [{ option }] : [`option '${option}' doesn't allow an argument`];
  }
  const value = equals < 0 ? rest.shift() : word.slice(equals + 1);
  return value === undefined ? [`option '${option}' requires an argument`] : [{ option, value }];
}

function readShort({ short }: GetoptUsage, word: string, rest: string[]): Reading[] {
  const read: Reading[] = [];
  const letters = [...word.slice(1)];
  for (const [at, letter] of letters.entries()) {
    const place = letter === ':' ? -1 : short.indexOf(letter);
    if (place < 0) {
      read.push(`invalid option -- '${letter}'`);
    } else if (short[place + 1] === ':') {
      const value = letters.slice(at + 1).join('') || rest.shift();
      const option = `-${letter}`;
      return [
        ...read,
        value === undefined ? `option requires an argument -- '${letter}'` : { option, value },
      ];
    } else {
      read.push({ option: `-${letter}` });
    }
  }
  return read;
}
