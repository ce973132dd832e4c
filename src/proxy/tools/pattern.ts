/** So long a pattern may take on all names together, in ms; it is a stranger's, and the daemon waits. */
const LIMIT_MS = 100;

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: 'A-Fa-f0-9',
};

/**
 * Those of the names in which an extended regular expression [POSIX 9.4] matches somewhere. None for one that is not
 * well-formed or takes too long.
 */
export async function matching(pattern: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const { runInNewContext } = await import('node:vm');
  const source = pattern.replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole);
  try {
    const expression = 'names.filter((name) => new RegExp(source, "s").test(name)).join("\\0")';
    const found: unknown = runInNewContext(expression, { names: [...names], source }, { timeout: LIMIT_MS });
    return new Set(
      String(found)
        .split('\0')
        .filter((name) => names.includes(name)),
    );
  } catch {
    // The real tools go on with nothing found too.
    return new Set();
  }
}
