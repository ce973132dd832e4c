/** The name that somebody probably meant, as the end of a message: `; did you mean ACT-03?`. Empty if none is near. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const near = closest(word, names);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** The name with the fewest letters that are other, missing or too many: at most a third of the word's. */
export function closest(word: string, names: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const limit = Math.max(1, Math.floor(Math.max(name.length, word.length) / 3));
    // Too different in length: there is no need to look at the letters.
    if (Math.abs(name.length - word.length) <= limit) {
      const distance = distanceOf(wanted, name.toLowerCase());
      if (distance <= limit && (best === undefined || distance < best.distance)) {
        best = { name, distance };
      }
    }
  }
  return best?.name;
}

/** Levenshtein's: changes of one letter that make the one of the other; two that are swapped are one change. */
function distanceOf(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + same,
        isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
