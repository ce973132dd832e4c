/** A set of characters, by code point. Two with the same name are the same set. */
export interface CharacterSet {
  readonly name: string;
  has(codePoint: number): boolean;
}

/** What must hold between two characters. */
export type Assertion = 'line-start' | 'line-end' | 'word-start' | 'word-end' | 'boundary' | 'no-boundary';

/** A pattern, read. */
export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly Node[] }
  | {
      readonly kind: 'repeat';
      readonly node: Node;
      readonly min: number;
      /** Undefined: any number. */
      readonly max: number | undefined;
    };

/** Reads a pattern's characters one by one. */
export class Reader {
  readonly pattern: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.#characters = [...pattern];
  }

  get at(): number {
    return this.#at;
  }

  /** The next character, or the one so many further on; empty at the end. */
  peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? '';
  }

  next(): string {
    const character = this.peek();
    this.#at += 1;
    return character;
  }

  /** Reads the text if it comes next. */
  take(text: string): boolean {
    const isNext = [...text].every((character, index) => this.peek(index) === character);
    if (isNext) {
      this.#at += text.length;
    }
    return isNext;
  }

  goTo(at: number): void {
    this.#at = at;
  }

  /** To be read after "Expected the parameter NAME to be …". */
  fail(expected: string, got: string): never {
    throw new TypeError(`a regular expression with ${expected}, not ${got}`);
  }
}
