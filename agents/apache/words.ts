/**
 * Splits a text into words as a shell would, but expands nothing: blanks part words, quotes and backslashes keep them
 * together.
 * @throws TypeError
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (quote === "'" ? false : character === '\\' && next !== '') {
      word = (word ?? '') + next;
      index += 1;
    } else if (quote !== '') {
      if (character === quote) {
        quote = '';
      } else {
        word = (word ?? '') + character;
      }
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') {
    throw new TypeError(`words in which every ${quote} has its counterpart`);
  }
  return word === undefined ? words : [...words, word];
}

/** Orders to httpd not to leave its launcher [httpd(8); server/core.c: -D words]. */
const STAYING: ReadonlySet<string> = new Set(['FOREGROUND', 'NO_DETACH', 'ONE_PROCESS', 'DEBUG']);

/**
 * Checks the parameter `options`: with some of its own httpd stays with who starts it, so that a start would never end.
 * @throws TypeError
 */
export function checkOptions(text: string): void {
  const words = splitWords(text);
  const defineAt = (index: number): string =>
    words[index - 1] === '-D' ? (words[index] ?? '') : (/^-D(.+)$/.exec(words[index] ?? '')?.[1] ?? '');
  const wrong = words.find((word, index) => word === '-X' || STAYING.has(defineAt(index)));
  if (wrong !== undefined) {
    throw new TypeError(
      `words without ${wrong}, with which httpd stays in the foreground and a start never ends`,
    );
  }
}
