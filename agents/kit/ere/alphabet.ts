import { WORD } from './characters.ts';
import type { CharacterSet } from './syntax.ts';

/** Characters that a pattern can't tell from each other. */
export interface Kind {
  /** From 1 on: 0 is the end of the line. */
  readonly number: number;
  readonly isWord: boolean;
  /** Whether they are in the set of this number. */
  readonly isIn: readonly boolean[];
}

const ASCII = 128;
/** Characters outside of ASCII whose kind is remembered. */
const MAX_REMEMBERED = 4096;

/** Sorts characters into the kinds that a pattern tells apart. */
export class Alphabet {
  readonly #sets: readonly CharacterSet[];
  readonly #kinds = new Map<string, Kind>();
  readonly #ascii: (Kind | undefined)[] = new Array<undefined>(ASCII).fill(undefined);
  readonly #others = new Map<number, Kind>();

  constructor(sets: readonly CharacterSet[]) {
    this.#sets = sets;
  }

  kindOf(codePoint: number): Kind {
    const isAscii = codePoint < ASCII;
    const known = isAscii ? this.#ascii[codePoint] : this.#others.get(codePoint);
    if (known !== undefined) {
      return known;
    }
    const kind = this.#sort(codePoint);
    if (isAscii) {
      this.#ascii[codePoint] = kind;
      return kind;
    }
    if (this.#others.size >= MAX_REMEMBERED) {
      this.#others.clear();
    }
    this.#others.set(codePoint, kind);
    return kind;
  }

  #sort(codePoint: number): Kind {
    const isWord = WORD.has(codePoint);
    const isIn = this.#sets.map((set) => set.has(codePoint));
    const name = [isWord, ...isIn].map(Number).join('');
    const known = this.#kinds.get(name);
    if (known !== undefined) {
      return known;
    }
    const kind = { number: this.#kinds.size + 1, isWord, isIn };
    this.#kinds.set(name, kind);
    return kind;
  }
}
