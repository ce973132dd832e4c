import type { CharacterSet } from './syntax.ts';

// The no-break spaces are none of the C library's.
const SPACE = /[\t-\r \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/;
const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}\p{Nd}]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: SPACE,
  blank: /[\t \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/,
  punct: /[\p{P}\p{S}]/u,
  print: /[^\p{C}\u2028\u2029]/u,
  graph: /[^\p{C}\s]/u,
  cntrl: /\p{Cc}/u,
  xdigit: /[0-9A-Fa-f]/,
};

const named = (name: string, pattern: RegExp): CharacterSet => ({
  name,
  has: (codePoint) => pattern.test(String.fromCodePoint(codePoint)),
});

/** A class such as `alpha`, by Unicode; undefined if there is none of that name. */
export function characterClass(name: string): CharacterSet | undefined {
  const pattern = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  return pattern === undefined ? undefined : named(`[:${name}:]`, pattern);
}

/** What words are made of, as `\w`. */
export const WORD: CharacterSet = named('\\w', /[\p{L}\p{Nd}_]/u);

/** What `\s` stands for. */
export const WHITE: CharacterSet = named('\\s', SPACE);

/** Every character: lines are searched one by one, so that no line feed comes. */
export const ANY: CharacterSet = { name: '.', has: () => true };

/** All from one to another. */
export const range = (from: number, to = from): CharacterSet => ({
  name: `${from}-${to}`,
  has: (codePoint) => from <= codePoint && codePoint <= to,
});

/** What is in one of these. */
export const union = (sets: readonly CharacterSet[]): CharacterSet => ({
  name: `(${sets.map(({ name }) => name).join(' ')})`,
  has: (codePoint) => sets.some((set) => set.has(codePoint)),
});

/** What is not in this. */
export const complement = (set: CharacterSet): CharacterSet => ({
  name: `^${set.name}`,
  has: (codePoint) => !set.has(codePoint),
});

/** What is in this when written in another case. */
export const anyCase = (set: CharacterSet): CharacterSet => ({
  name: `i${set.name}`,
  has: (codePoint) => {
    const character = String.fromCodePoint(codePoint);
    return [character, character.toLowerCase(), character.toUpperCase()].some(
      (form) => [...form].length === 1 && set.has(form.codePointAt(0) ?? 0),
    );
  },
});
