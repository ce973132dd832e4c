/** Columns beside each other as kubectl has them: heads in capitals, three blanks between, nothing behind the last. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head.map((name) => name.toUpperCase()), ...rows.map((row) => row.map(oneLine))];
  const widths = head.map((_name, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Names and their values, one a line. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}   ${value}`.trimEnd().concat('\n')).join('');
}

/** A peer's words must not become commands of a terminal, or lines of ours. */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();

/** Without the codes of colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made of
const widthOf = (text: string): number => text.replaceAll(/\u001b\[\d*m/g, '').length;
