import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Binary } from './binary.ts';
import { type Circumstances, CONDITIONS, holds, namesOfModule } from './conditions.ts';
import { fingerprint } from './fingerprint.ts';
import { expand, logicalLines, splitWords } from './lines.ts';
import { filesOf, findPaths, hasWildcards } from './wildcards.ts';

/** A directive that counts, its variables replaced. */
export interface Directive {
  /** In lower case. */
  readonly name: string;
  readonly words: readonly string[];
  /** The sections around it, the outermost first; conditions are none. */
  readonly sections: readonly Section[];
  /** It is in a file that came by IncludeOptional, which the shell agent does not read. */
  readonly isOptional: boolean;
}

/** A section such as `<VirtualHost *:80>`. */
export interface Section {
  /** In lower case. */
  readonly name: string;
  readonly words: readonly string[];
  /** Counts all sections, so that two of the same name are told apart. */
  readonly number: number;
}

/** What a reading starts from. */
export interface ReaderSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly defines: readonly string[];
  /** ServerRoot until one is configured; undefined: ask the program. */
  readonly serverRoot: string | undefined;
  readonly binary: () => Promise<Binary>;
  /** Is told of each directive. */
  readonly onDirective: (directive: Directive) => void;
}

/** [httpd core.h: AP_MAX_INCLUDE_DEPTH] */
const MAX_DEPTH = 128;
const MAX_FILES = 5000;
const MAX_BYTES = 32 * 1024 * 1024;
/** Problems that are told. */
const MAX_PROBLEMS = 20;

/**
 * Reads a configuration as httpd does: variables, conditions and files that are included, in the order in which they
 * come. What httpd would refuse is a problem told, and read over: whether it starts is httpd's to say.
 */
export class ConfigurationReader {
  /** What was read, or looked for, and what it was like. */
  readonly fingerprints = new Map<string, string>();
  readonly problems: string[] = [];
  readonly modules = new Set<string>();
  readonly #settings: ReaderSettings;
  readonly #defines: Map<string, string | undefined>;
  readonly #about: Circumstances;
  readonly #sections: Section[] = [];
  #serverRoot: string | undefined;
  #count = 0;
  #files = 0;
  #bytes = 0;
  /** Of IncludeOptional, in each other. */
  #optionals = 0;
  #isTooMuch = false;

  constructor(settings: ReaderSettings) {
    this.#settings = settings;
    this.#serverRoot = settings.serverRoot;
    this.#defines = new Map(settings.defines.map((name) => [name, undefined]));
    this.#about = {
      isDefined: (name) => this.#defines.has(name),
      modules: this.modules,
      binary: settings.binary,
      isThere: async (path) => {
        const whole = resolve(await this.serverRoot(), path);
        await this.watch(whole);
        return /\d/.test(this.fingerprints.get(whole) ?? '');
      },
    };
  }

  /** ServerRoot as far as it has been read. */
  async serverRoot(): Promise<string> {
    this.#serverRoot ??= (await this.#settings.binary()).serverRoot;
    return this.#serverRoot;
  }

  /** Reads a file; depth of includes from 0 on. */
  async readFile(path: string, depth = 0): Promise<void> {
    if (this.#isTooMuch) {
      return;
    }
    if (depth > MAX_DEPTH || this.#files >= MAX_FILES || this.#bytes >= MAX_BYTES) {
      // httpd would refuse it all; nothing more is included.
      this.#isTooMuch = true;
      this.#problem(
        `Expected at most ${MAX_FILES} files in ${MAX_DEPTH} levels and ${MAX_BYTES} bytes, got more at ${path}: does a file include itself?`,
      );
      return;
    }
    this.#files += 1;
    await this.watch(path);
    const text = await readRegular(path, MAX_BYTES - this.#bytes).catch((error: NodeJS.ErrnoException) => {
      this.#problem(`Expected the file ${path} to be included, got ${error.code ?? error.message}`);
      return '';
    });
    this.#bytes += text.length;
    await this.readText(text, path, depth);
  }

  /** Reads directives; `from` is where they come from, for problems. */
  async readText(text: string, from: string, depth = 0): Promise<void> {
    const outer = this.#sections.length;
    /** Sections in one that does not count. */
    let skipped = 0;
    for (const { text: line, number } of logicalLines(text)) {
      const [, mark = '', word = '', rest = ''] = /^(<\/?)?\s*([^\s>]*)\s*(.*)$/s.exec(line) ?? [];
      const name = word.toLowerCase();
      if (skipped > 0) {
        skipped += mark === '<' ? 1 : mark === '</' ? -1 : 0;
      } else if (mark === '</') {
        this.#close(name, `${from}:${number}`, outer);
      } else {
        const args = expand(mark === '<' ? rest.replace(/>[^>]*$/s, '') : rest, (key) => this.#valueOf(key));
        if (mark === '<') {
          skipped = (await this.#open(name, args)) ? 0 : 1;
        } else {
          const where = { sections: [...this.#sections], isOptional: this.#optionals > 0 };
          await this.#directive({ name, words: splitWords(args), ...where }, depth);
        }
      }
    }
    // Each file closes what it opens [httpd server/config.c: ap_build_config].
    this.#sections.length = Math.min(this.#sections.length, outer);
  }

  /** Remembers what a path is like, before it is looked at. */
  async watch(path: string): Promise<void> {
    if (!this.fingerprints.has(path)) {
      this.fingerprints.set(path, await fingerprint(path));
    }
  }

  async #open(name: string, args: string): Promise<boolean> {
    // A macro is a text: what is in it counts where it is used, which is not looked into.
    if (name === 'macro' || (CONDITIONS.has(name) && !(await holds(name, args, this.#about)))) {
      return false;
    }
    this.#count += 1;
    this.#sections.push({ name, words: splitWords(args), number: this.#count });
    return true;
  }

  #close(name: string, place: string, outer: number): void {
    if (this.#sections.length > outer && this.#sections.at(-1)?.name === name) {
      this.#sections.pop();
    } else {
      this.#problem(`Expected the end of what was begun, got </${name}> at ${place}`);
    }
  }

  async #directive(directive: Directive, depth: number): Promise<void> {
    const { name, words } = directive;
    const [first = '', second] = words;
    switch (name) {
      case 'include':
      case 'includeoptional':
        return this.#include(first, name === 'include', depth);
      case 'serverroot':
        this.#serverRoot = resolve('/', first);
        break;
      case 'define':
        this.#defines.set(first, second);
        break;
      case 'undefine':
        this.#defines.delete(first);
        break;
      case 'loadmodule':
        for (const module of namesOfModule(words)) {
          this.modules.add(module);
        }
        break;
      default:
    }
    const sections = directive.sections.filter((section) => !CONDITIONS.has(section.name));
    this.#settings.onDirective({ ...directive, sections });
  }

  async #include(what: string, mustBe: boolean, depth: number): Promise<void> {
    const path = resolve(await this.serverRoot(), what);
    const watch = (at: string): Promise<void> => this.watch(at);
    const found = hasWildcards(path) ? await findPaths(path, watch) : [path];
    if (found.length === 0 && mustBe) {
      this.#problem(`Expected files that match ${path} to be included, got none`);
    }
    for (const one of found) {
      for await (const file of filesOf(one, watch)) {
        if (this.#isTooMuch) {
          return;
        }
        await this.watch(file);
        if (mustBe || /\d/.test(this.fingerprints.get(file) ?? '')) {
          this.#optionals += mustBe ? 0 : 1;
          await this.readFile(file, depth + 1);
          this.#optionals -= mustBe ? 0 : 1;
        }
      }
    }
  }

  #valueOf(name: string): string | undefined {
    return this.#defines.get(name) ?? this.#settings.env[name];
  }

  #problem(text: string): void {
    if (this.problems.length < MAX_PROBLEMS) {
      this.problems.push(text);
    }
  }
}

/** Reads a file, not a device or a pipe that may never end: httpd refuses those too [server/util.c: ap_pcfg_openfile]. */
async function readRegular(path: string, maxBytes: number): Promise<string> {
  const found = await stat(path);
  if (path === '/dev/null') {
    return '';
  }
  if (!found.isFile() || found.size > maxBytes) {
    throw new Error(found.isFile() ? `one of ${found.size} bytes` : 'something else than a file');
  }
  return readFile(path, 'utf8');
}
