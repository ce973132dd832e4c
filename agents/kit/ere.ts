import { parse } from './ere/parse.ts';
import { compile } from './ere/program.ts';
import { Search } from './ere/search.ts';

/** A regular expression, ready to be looked for. */
export interface Ere {
  /**
   * Whether it is found in a line of the text. Takes some ms for 1 MiB, tens at the most.
   * @throws RangeError for one whose repetitions take more than that in this text
   */
  test(text: string): boolean;
}

/** Characters of a pattern. */
const MAX_LENGTH = 4096;
/** Expressions that are kept with what they have learnt of texts, and how long their patterns may be for that. */
const MAX_KEPT = 16;
const MAX_KEPT_LENGTH = 64;

/** A monitor looks for the same again and again: made anew, an expression takes longer than the search. */
const kept = new Map<string, Ere>();

/**
 * Reads a POSIX extended regular expression with GNU's additions, as `grep -E` understands it in a UTF-8 locale: each
 * line is searched by itself, several lines of a pattern are alternatives. Without back-references.
 * @param options `ignoreCase`: letters of both cases are alike, as by `grep -i`; default: no
 * @throws TypeError with what was expected, to be read after "Expected the parameter NAME to be …"
 * @example
 * compileEre('</ *html *>', { ignoreCase: true }).test(body);
 */
export function compileEre(pattern: string, { ignoreCase = false } = {}): Ere {
  if (pattern.length > MAX_LENGTH) {
    throw new TypeError(`a regular expression of at most ${MAX_LENGTH} characters, not of ${pattern.length}`);
  }
  const name = `${ignoreCase ? 'i' : ' '}${pattern}`;
  const known = kept.get(name);
  if (known !== undefined) {
    return known;
  }
  const nodes = pattern.split('\n').map((line) => parse(line, ignoreCase));
  const made = new Search(compile({ kind: 'choice', nodes }));
  if (pattern.length <= MAX_KEPT_LENGTH && !pattern.includes('{')) {
    keep(name, made);
  }
  return made;
}

/** The one that was made first has to go where there are too many. */
function keep(name: string, ere: Ere): void {
  if (kept.size >= MAX_KEPT) {
    const [oldest = ''] = kept.keys();
    kept.delete(oldest);
  }
  kept.set(name, ere);
}
