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
