import type { AgentText, Language } from './agent-text.ts';

/** A parameter that a program reads, and the first line that does. */
export interface Mention {
  readonly name: string;
  readonly line: number;
}

/** A value by its whole name; what goes on with another value is only part of a name. */
const SHELL_VALUE = /\$\{?[#!]?OCF_RESKEY_([A-Za-z]\w*)(?![\w$]|\\?\$)/g;
/** The same in Python, where the name is a text. */
const PYTHON_VARIABLE = /["']OCF_RESKEY_(\w+)["']/g;
/** `get_parameter("name")` of ocf.py. */
const PYTHON_CALL = /\bget_parameter\(\s*["'](\w+)["']/g;
const COMMENT = /^[ \t]*#.*$/gm;
/** Gives a default and reads nothing: `: ${OCF_RESKEY_x=…}`. */
const DEFAULT_LINE = /^[ \t]*:[ \t]+"?\$\{OCF_RESKEY_\w+:?=.*$/gm;
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+|local[ \t]+|readonly[ \t]+)?OCF_RESKEY_(\w+)=/gm;
/** Names that are put together while it runs: `OCF_RESKEY_$x`, `${!x}`, `env | grep OCF_RESKEY_`. */
const COMPOSED = /OCF_RESKEY_?\w*(?:\\?\$|\{|\*|\[)|OCF_RESKEY_?(?!\w)|\$\{!\w+\}/;
/** Becomes another program, which gets all that this one was given. */
const HANDED_ON = /^exec[ \t].*"\$@"[ \t]*$/m;
/** Functions from a file whose name comes about in the same way, such as `lvm-$mode.sh`. */
const SOURCED_BY_CHANCE = /^[ \t]*(?:\.|source)[ \t]+["']?[^\s"';&|]*\/[^\s"';&|/]*\$/m;
/** Where Python only says that there is such a parameter. */
const PYTHON_DECLARATION = /^.*(?:<parameter\b|\badd_parameter\(|\bParameter\().*$/gm;

/** Parameters that functions of the library read, by the function. */
const LIBRARY_READS: Readonly<Record<string, RegExp>> = { ignore_deprecation: /\bocf_deprecated\b/ };
/** Of the cluster and of the library, which no agent declares. */
const NOT_OWN = /^(?:CRM_meta_\w*|crm_feature_set|OCF_CHECK_LEVEL|trace_ra|trace_file|\w+_default)$/i;

/** Parameters that the agent's own file reads, those of the cluster left out. */
export function readsOf({ own, language }: AgentText): readonly Mention[] {
  // A default alone is not read by anything.
  const text = blanked(blanked(own, COMMENT), DEFAULT_LINE);
  const assigned = new Set([...text.matchAll(ASSIGNMENT)].map(([, name]) => name));
  const found = new Map<string, Mention>();
  for (const pattern of language === 'python' ? [PYTHON_VARIABLE, PYTHON_CALL] : [SHELL_VALUE]) {
    for (const { 1: name = '', index } of text.matchAll(pattern)) {
      // What it sets itself is a variable of its own.
      if (isOwnParameter(name) && !assigned.has(name) && !found.has(name)) {
        found.set(name, { name, line: text.slice(0, index).split('\n').length });
      }
    }
  }
  return [...found.values()];
}

/** Whether a name may be one of the agent's parameters. */
export function isOwnParameter(name: string): boolean {
  return !NOT_OWN.test(name);
}

/** Whether a declared parameter is used, as far as the text can tell: by its name, in the agent or what it sources. */
export function isUsed({ own, sourced, language }: AgentText, name: string): boolean {
  return [own, ...sourced].some((text) => mentions(text, name, language) || LIBRARY_READS[name]?.test(text));
}

/** Whether it only starts the program that is the agent: that one reads the parameters. */
export function isHandedOn({ own, language }: AgentText): boolean {
  return language !== 'python' && HANDED_ON.test(blanked(own, COMMENT));
}

/** Whether names of parameters may be put together, so that the text does not tell which are read. */
export function isComposed({ own, sourced }: AgentText): boolean {
  const codes = [own, ...sourced].map((text) => blanked(text, COMMENT));
  return codes.some((code) => COMPOSED.test(code) || SOURCED_BY_CHANCE.test(code));
}

function mentions(text: string, name: string, language: Language): boolean {
  const code = blanked(text, COMMENT);
  const word = name.replaceAll(/[^\w]/g, '\\$&');
  return language === 'python'
    ? new RegExp(`(?:\\b|OCF_RESKEY_)${word}\\b`).test(blanked(code, PYTHON_DECLARATION))
    : new RegExp(`OCF_RESKEY_${word}(?!\\w)`).test(blanked(code, DEFAULT_LINE));
}

/** Lines that match are empty then: all others keep their numbers. */
function blanked(text: string, lines: RegExp): string {
  return text.replaceAll(lines, '');
}
