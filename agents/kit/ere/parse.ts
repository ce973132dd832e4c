import { readBracket } from './bracket.ts';
import { ANY, anyCase, complement, range, WHITE, WORD } from './characters.ts';
import { type Assertion, type CharacterSet, type Node, Reader } from './syntax.ts';

/** Parentheses in parentheses. */
const MAX_DEPTH = 100;
/** RE_DUP_MAX of the GNU C library. */
const MAX_REPEAT = 32_767;

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  '\\<': 'word-start',
  '\\>': 'word-end',
  '\\b': 'boundary',
  '\\B': 'no-boundary',
  '\\`': 'line-start',
  "\\'": 'line-end',
  '^': 'line-start',
  $: 'line-end',
};

const SETS: Readonly<Record<string, CharacterSet>> = {
  '.': ANY,
  '\\w': WORD,
  '\\W': complement(WORD),
  '\\s': WHITE,
  '\\S': complement(WHITE),
};

/**
 * Reads an extended regular expression [POSIX XBD 9.4] as GNU grep does where POSIX leaves it open: anchors are anchors
 * everywhere, an operator with nothing before it repeats the empty string, a `{` that begins no interval and a `)` that
 * ends no group are themselves.
 * @throws TypeError
 */
export function parse(pattern: string, ignoreCase: boolean): Node {
  return new Parser(pattern, ignoreCase).parse();
}

class Parser {
  readonly #reader: Reader;
  readonly #fold: (set: CharacterSet) => CharacterSet;
  #depth = 0;

  constructor(pattern: string, ignoreCase: boolean) {
    this.#reader = new Reader(pattern);
    this.#fold = ignoreCase ? anyCase : (set) => set;
  }

  parse(): Node {
    return this.#choice();
  }

  #choice(): Node {
    const nodes = [this.#sequence()];
    while (this.#reader.take('|')) {
      nodes.push(this.#sequence());
    }
    return { kind: 'choice', nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    const ends = this.#depth === 0 ? ['', '|'] : ['', '|', ')'];
    while (!ends.includes(this.#reader.peek())) {
      nodes.push(this.#repeat());
    }
    return { kind: 'sequence', nodes };
  }

  #repeat(): Node {
    // Read first: an operator in the first place has the empty string before it.
    let interval = this.#interval();
    let node: Node = interval === undefined ? this.#atom() : { kind: 'empty' };
    interval ??= this.#interval();
    for (; interval !== undefined; interval = this.#interval()) {
      node = { kind: 'repeat', node, ...interval };
    }
    return node;
  }

  #interval(): { min: number; max: number | undefined } | undefined {
    const reader = this.#reader;
    if (reader.take('*')) {
      return { min: 0, max: undefined };
    }
    if (reader.take('+')) {
      return { min: 1, max: undefined };
    }
    if (reader.take('?')) {
      return { min: 0, max: 1 };
    }
    return reader.peek() === '{' ? this.#braces() : undefined;
  }

  #braces(): { min: number; max: number | undefined } | undefined {
    const reader = this.#reader;
    const start = reader.at;
    reader.next();
    const least = this.#digits();
    const hasComma = reader.take(',');
    const most = hasComma ? this.#digits() : least;
    const min = Number(least);
    const max = most === '' ? undefined : Number(most);
    if ((least === '' && !hasComma) || !reader.take('}')) {
      reader.goTo(start);
      return undefined;
    }
    if (max !== undefined && max < min) {
      reader.fail('an interval from the lower to the higher', `{${min},${max}}`);
    }
    return Math.max(min, max ?? 0) <= MAX_REPEAT
      ? { min, max }
      : reader.fail(`at most ${MAX_REPEAT} repetitions`, `${Math.max(min, max ?? 0)}`);
  }

  #digits(): string {
    let digits = '';
    while (/^[0-9]$/.test(this.#reader.peek())) {
      digits += this.#reader.next();
    }
    return digits;
  }

  #atom(): Node {
    const reader = this.#reader;
    const character = reader.next();
    if (character === '(') {
      return this.#group();
    }
    if (character === '[') {
      return { kind: 'set', set: readBracket(reader, this.#fold) };
    }
    const word = character === '\\' ? character + reader.next() : character;
    const assertion = ASSERTIONS[word];
    if (assertion !== undefined) {
      return { kind: 'assertion', assertion };
    }
    if (word === '\\') {
      reader.fail('a character after \\', 'its end');
    }
    if (/^\\[1-9]$/.test(word)) {
      reader.fail('no back-reference (write out what may come)', word);
    }
    const codePoint = word.codePointAt(word.startsWith('\\') ? 1 : 0) ?? 0;
    return { kind: 'set', set: SETS[word] ?? this.#fold(range(codePoint)) };
  }

  #group(): Node {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      this.#reader.fail(`at most ${MAX_DEPTH} parentheses in each other`, 'more');
    }
    const node = this.#choice();
    this.#depth -= 1;
    return this.#reader.take(')') ? node : this.#reader.fail('a ) for each (', 'its end');
  }
}
