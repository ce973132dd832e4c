/** What a terminal would obey, or would show as something else: controls, directions of writing, halves of pairs. */
const UNSAFE = /(?!\t)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/** A text that others made as one line that can do nothing to a terminal: `\x1b[31m`. Tabs stay. */
export function safeLine(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    return (
      NAMED[character] ??
      (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
    );
  });
}

/** The same for a text of several lines; a line end at its end makes no further line. */
export function safeLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n').map(safeLine);
}

/** The first lines and the last ones of many, with a word in between of how many are left out. */
export function shortened(lines: readonly string[], limit: number): readonly string[] {
  if (lines.length <= limit) {
    return lines;
  }
  const first = Math.floor(limit / 4);
  const left = lines.length - limit;
  return [...lines.slice(0, first), `(${left} lines more)`, ...lines.slice(first + left)];
}
