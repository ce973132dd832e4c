/** A line of a configuration, continued lines joined. */
export interface Line {
  readonly text: string;
  /** From 1 on, of its first part. */
  readonly number: number;
}

/** The lines that say something: no comments, nothing blank [httpd server/util.c: ap_cfg_getline]. */
export function* logicalLines(text: string): Generator<Line> {
  let joined = '';
  let first = 0;
  let number = 0;
  for (const part of text.split('\n')) {
    number += 1;
    first = joined === '' ? number : first;
    const line = part.endsWith('\r') ? part.slice(0, -1) : part;
    if (line.endsWith('\\')) {
      joined += line.slice(0, -1);
      continue;
    }
    const whole = (joined + line).trim();
    joined = '';
    if (whole !== '' && !whole.startsWith('#')) {
      yield { text: whole, number: first };
    }
  }
  if (joined.trim() !== '' && !joined.trim().startsWith('#')) {
    yield { text: joined.trim(), number: first };
  }
}

/**
 * The words of a line. Quotes of either kind hold a word together; a backslash takes the meaning from a backslash, and
 * in quotes from the quote [httpd server/util.c: ap_getword_conf].
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (true) {
    while (/\s/.test(text[at] ?? '')) {
      at += 1;
    }
    if (at >= text.length) {
      return words;
    }
    const start = text[at] ?? '';
    const quote = start === '"' || start === "'" ? start : '';
    at += quote.length;
    let word = '';
    for (; at < text.length && (quote === '' ? !/\s/.test(text[at] ?? '') : text[at] !== quote); at += 1) {
      const next = text[at + 1] ?? '';
      if (text[at] === '\\' && (next === '\\' || (quote !== '' && next === quote))) {
        at += 1;
      }
      word += text[at];
    }
    at += quote.length;
    words.push(word);
  }
}

/** Puts values for `${NAME}`; what has none stays as it is, as Apache leaves it. What is put in is not looked at again. */
export function expand(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => lookUp(name) ?? whole);
}
