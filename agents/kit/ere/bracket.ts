import { characterClass, complement, range, union } from './characters.ts';
import type { CharacterSet, Reader } from './syntax.ts';

/**
 * Reads a bracket expression, its `[` being read [POSIX XBD 9.3.5].
 * @param fold what a set becomes where letters of both cases are alike
 */
export function readBracket(reader: Reader, fold: (set: CharacterSet) => CharacterSet): CharacterSet {
  const isComplement = reader.take('^');
  const first = reader.at;
  if (!isComplement && reader.peek() === ':') {
    refuseLoneClass(reader);
  }
  const sets: CharacterSet[] = [];
  // A ] is itself where it comes first.
  while (reader.at === first || reader.peek() !== ']') {
    if (reader.at !== first && reader.peek() === '-' && reader.peek(1) !== ']') {
      reader.fail('a - first, last or between two characters of a bracket expression', 'one elsewhere');
    }
    sets.push(readMember(reader));
  }
  reader.next();
  const set = fold(union(sets));
  return isComplement ? complement(set) : set;
}

function readMember(reader: Reader): CharacterSet {
  if (reader.take('[:')) {
    const name = readName(reader, ':]');
    return characterClass(name) ?? reader.fail('a class such as [[:alpha:]]', `[[:${name}:]]`);
  }
  const start = readEnd(reader);
  if (reader.peek() !== '-' || reader.peek(1) === ']') {
    return range(start);
  }
  reader.next();
  if (reader.peek() === '[' && reader.peek(1) === ':') {
    reader.fail('a character as the end of a range', 'a class');
  }
  const end = readEnd(reader);
  return start <= end
    ? range(start, end)
    : reader.fail('a range of characters from the lower to the higher', 'the reverse');
}

/** One character, by itself or as `[=a=]` or `[.a.]`. */
function readEnd(reader: Reader): number {
  for (const mark of ['=', '.']) {
    if (reader.take(`[${mark}`)) {
      const name = readName(reader, `${mark}]`);
      return [...name].length === 1
        ? (name.codePointAt(0) ?? 0)
        : reader.fail(`one character between [${mark} and ${mark}]`, `"${name}"`);
    }
  }
  return reader.next().codePointAt(0) ?? reader.fail('a ] for each [', 'its end');
}

function readName(reader: Reader, end: string): string {
  let name = '';
  while (!reader.take(end)) {
    name += reader.next() || reader.fail(`${end} for each [${end[0]}`, 'its end');
  }
  return name;
}

/** `[:space:]` is meant to be `[[:space:]]`: grep refuses it too. */
function refuseLoneClass(reader: Reader): void {
  const start = reader.at;
  reader.next();
  let text = '';
  while (reader.peek() !== '' && reader.peek() !== ']') {
    text += reader.next();
  }
  if (text.endsWith(':') && reader.peek() === ']') {
    reader.fail(`[[:${text}]]`, `[:${text}]`);
  }
  reader.goTo(start);
}
