import type { Binary } from './binary.ts';
import { splitWords } from './lines.ts';

/** What conditions of a configuration are about, as far as it has been read. */
export interface Circumstances {
  isDefined(name: string): boolean;
  /** Modules loaded, by both of their names: `ssl_module` and `mod_ssl.c`. */
  readonly modules: ReadonlySet<string>;
  /** What only the program knows. */
  binary(): Promise<Binary>;
  isThere(path: string): Promise<boolean>;
}

/** Sections that hold directives only if something is so. */
export const CONDITIONS: ReadonlySet<string> = new Set([
  'ifdefine',
  'ifmodule',
  'iffile',
  'ifversion',
  'ifdirective',
  'ifsection',
]);

/**
 * Whether the directives of a section count. `IfDirective` and `IfSection` ask what this build knows: taken to be
 * everything.
 */
export async function holds(section: string, args: string, about: Circumstances): Promise<boolean> {
  // Before quotes, if there are any; those of IfDefine and IfModule are part of the name.
  const isNot = args.startsWith('!');
  const name = (isNot ? args.slice(1) : args).trim();
  switch (section) {
    case 'ifdefine':
      return about.isDefined(name) !== isNot;
    case 'ifmodule':
      return (await isLoaded(name, about)) !== isNot;
    case 'iffile':
      return (await about.isThere(splitWords(name)[0] ?? '')) !== isNot;
    case 'ifversion':
      return isVersion(splitWords(args), (await about.binary()).version);
    default:
      return !isNot;
  }
}

async function isLoaded(name: string, { modules, binary }: Circumstances): Promise<boolean> {
  return modules.has(name) || namesOfSource((await binary()).modules).has(name);
}

/** Names of the modules that are part of the program, by those of their source files. */
function namesOfSource(files: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...files].flatMap((file) => [file, idOfSource(file)]));
}

function idOfSource(file: string): string {
  const name = file.replace(/\.c$/, '').replace(/^(mod|http)_/, '');
  const isMpm = ['event', 'worker', 'prefork'].includes(name);
  return `${isMpm ? `mpm_${name}` : file === 'http_core.c' ? 'http' : name}_module`;
}

/** Both names of what `LoadModule` names: the second is that of its source file, by the habits of httpd's own modules. */
export function namesOfModule([id = '', file = '']: readonly string[]): string[] {
  const source = (file.split('/').at(-1) ?? '').replace(/\.so$/, '');
  // An MPM's source is named after the way it works alone.
  return [id, `${source.replace(/^mod_mpm_/, '')}.c`];
}

/** `IfVersion [!][operator] version`: numbers only, no regular expressions [mod_version.c: compare_version]. */
function isVersion(words: readonly string[], version: string): boolean {
  const [operator, wanted] = words.length > 1 ? [words[0] ?? '=', words[1] ?? ''] : ['=', words[0] ?? ''];
  const numbers = (text: string): number[] => text.split('.').map(Number);
  const [have, want] = [numbers(version), numbers(wanted)];
  // What is not given is 0: 2.4 is below 2.4.1.
  const difference = [0, 1, 2].map((at) => (have[at] ?? 0) - (want[at] ?? 0)).find((part) => part !== 0) ?? 0;
  switch (operator.replace(/^!/, '')) {
    case '>':
      return difference > 0 !== operator.startsWith('!');
    case '>=':
      return difference >= 0 !== operator.startsWith('!');
    case '<':
      return difference < 0 !== operator.startsWith('!');
    case '<=':
      return difference <= 0 !== operator.startsWith('!');
    default:
      return (difference === 0) !== operator.startsWith('!');
  }
}
