import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

export type Language = 'shell' | 'python';

/** The program of an agent, as a text that says which parameters it reads. */
export interface AgentText {
  readonly language: Language;
  /** The agent's own file. */
  readonly own: string;
  /** What it takes functions from, beside the library of all agents. */
  readonly sourced: readonly string[];
}

/** By the words of the first line. */
const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/^#!.*\b(?:sh|dash|bash|ksh|ksh93|mksh|zsh)\b/, 'shell'],
  [/^#!.*\bpython[\d.]*\b/, 'python'],
];
/** A script that takes another file's functions, and that file. */
const SOURCING = /^[ \t]*(?:\.|source)[ \t]+["']?([^\s"';&|<>]+)/gm;
/** The library of all agents reads no parameters but its own. */
const LIBRARY = /^\.?ocf-\w+$/;
const FUNCTIONS_FOLDER = '/usr/lib/ocf/lib/heartbeat';

/** Undefined of a program that is no script, or one of a language that is not read here. */
export async function readAgentText(path: string): Promise<AgentText | undefined> {
  const own = await readFile(path, 'utf8');
  const language = LANGUAGES.find(([pattern]) => pattern.test(own.slice(0, own.indexOf('\n') + 1)))?.[1];
  if (language === undefined) {
    return undefined;
  }
  return { language, own, sourced: language === 'shell' ? await readSourced(own, path) : [] };
}

/** Where a variable names the folder, files of that name beside the agent or among the functions of all agents are meant. */
async function readSourced(text: string, path: string): Promise<readonly string[]> {
  const names = [...text.matchAll(SOURCING)].map(([, name = '']) => name);
  const folders = [dirname(path), resolve(dirname(path), '../../lib/heartbeat'), FUNCTIONS_FOLDER];
  const texts: string[] = [];
  for (const name of new Set(names.filter((each) => !LIBRARY.test(basename(each))))) {
    const places = name.startsWith('/') ? [name] : folders.map((folder) => join(folder, basename(name)));
    for (const place of places) {
      const found = await readFile(place, 'utf8').catch(() => undefined);
      if (found !== undefined) {
        texts.push(found);
        break;
      }
    }
  }
  return texts;
}
