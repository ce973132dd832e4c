/** So long a pattern may take on all names together, in ms; it is a stranger's, and the daemon waits. */
const LIMIT_MS = 100;

/** Named classes in brackets, for ASCII [POSIX 7.3.1]. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['alnum', 'A-Za-z0-9'],
  ['alpha', 'A-Za-z'],
  ['blank', ' \\t'],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', '!-\\/:-@\\[-`{-~'],
  ['space', '\\s'],
  ['upper', 'A-Z'],
  ['xdigit', 'A-Fa-f0-9'],
]);

/** Runs where it can be stopped: `true` or `false` for each name. */
const MATCHES = 'const pattern = new RegExp(source, "s"); names.map((name) => pattern.test(name)).join(" ")';

/**
 * Those of the names in which an extended regular expression [POSIX 9.4] matches somewhere. None for one that is not
 * well-formed or takes too long.
 */
export async function matching(pattern: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const { runInNewContext } = await import('node:vm');
  const source = pattern.replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES.get(name) ?? whole);
  try {
    const found: unknown = runInNewContext(MATCHES, { names: [...names], source }, { timeout: LIMIT_MS });
    const matches = String(found).split(' ');
    return new Set(names.filter((_, index) => matches[index] === 'true'));
  } catch {
    // The real tools go on with nothing found too.
    return new Set();
  }
}
