import { splitWords } from './lines.ts';

/** What httpd's command line says about its configuration. */
export interface CommandLine {
  /** `-D`. */
  readonly defines: readonly string[];
  /** `-C`: directives before those of the file. */
  readonly before: readonly string[];
  /** `-c`: directives after them. */
  readonly after: readonly string[];
  /** `-d`. */
  readonly serverRoot?: string;
}

/** Options with a value that is none of ours, so that the value is not taken for an option. */
const OTHERS = 'efEk';

/**
 * The words of the parameter `options`. Quotes hold a word together, which the shell agent can't.
 * @example
 * splitOptions('-D SSL -c "ServerName a b"') // ['-D', 'SSL', '-c', 'ServerName a b']
 */
export const splitOptions = (options = ''): string[] => splitWords(options);

/** Reads httpd's options; what it does not know is httpd's to refuse. */
export function readCommandLine(options: readonly string[]): CommandLine {
  const found = { D: [] as string[], C: [] as string[], c: [] as string[], d: [] as string[] };
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at] ?? '';
    const letter = option[1] ?? '';
    const isOurs = Object.hasOwn(found, letter);
    if (!option.startsWith('-') || !(isOurs || OTHERS.includes(letter))) {
      continue;
    }
    // As getopt has it: the value is the rest of the word, or the next one.
    let value: string | undefined = option.slice(2);
    if (value === '') {
      at += 1;
      value = options[at];
    }
    if (isOurs && value !== undefined) {
      found[letter as keyof typeof found].push(value);
    }
  }
  const serverRoot = found.d.at(-1);
  return {
    defines: found.D,
    before: found.C,
    after: found.c,
    ...(serverRoot === undefined ? {} : { serverRoot }),
  };
}
