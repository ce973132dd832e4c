/** One word, with what it is made of: quoted pieces, escaped characters, plain ones. */
const WORD = /(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\])+/y;
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^'"\\]+)/g;

/**
 * Splits a text into words the way a shell quotes them: blanks part words, '…' keeps everything, "…" keeps all but
 * `\"`, `\\`, `\$` and `` \` ``, a backslash elsewhere keeps the next character. Nothing is expanded.
 * @throws TypeError
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    WORD.lastIndex = at;
    const [word] = WORD.exec(text) ?? [];
    if (word === undefined || !isAtEnd(text, at + word.length)) {
      throw new TypeError('words whose quotes are closed');
    }
    words.push(unquote(word));
    at += word.length;
  }
  return words;
}

const isAtEnd = (text: string, at: number): boolean => at === text.length || /\s/.test(text.charAt(at));

const unquote = (word: string): string =>
  word.replace(
    PIECE,
    (_, literal?: string, quoted?: string, escaped?: string, plain?: string) =>
      literal ?? quoted?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '',
  );

/** Name and value of a variable. */
export type Assignment = readonly [name: string, value: string];

function parseAssignment(word: string): Assignment {
  const [, name = '', value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(word) ?? [];
  if (name === '' || value.includes('\0')) {
    throw new TypeError('assignments such as NAME=VALUE');
  }
  return [name, value];
}

/**
 * Words that are assignments.
 * @throws TypeError
 */
export const parseAssignments = (text: string): readonly Assignment[] =>
  splitWords(text).map(parseAssignment);

/**
 * Lines of an environment file: `NAME=VALUE`, perhaps after `export`; the value may be in quotes, and is taken as it is
 * without them. Empty lines, and those that begin with `#`, say nothing.
 * @throws TypeError with the number of the line
 */
export function parseEnvironmentFile(text: string): readonly Assignment[] {
  return text.split('\n').flatMap((line, index) => {
    const rest = line.trim().replace(/^export\s+/, '');
    if (rest === '' || rest.startsWith('#')) {
      return [];
    }
    try {
      const [name, value] = parseAssignment(rest);
      const isQuoted = /^(['"])[\s\S]*\1$/.test(value) && value.length > 1;
      return [[name, isQuoted ? (splitWords(value)[0] ?? '') : value] as const];
    } catch (error) {
      throw new TypeError(`line ${index + 1} to have ${(error as Error).message}`);
    }
  });
}
