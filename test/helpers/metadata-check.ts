// The schemas of OCF's metadata as tables: the DTD of 1.0 (as `ocf-tester` has it) and the RNG of 1.1. What they say is
// said here once more in our own form: element by element its attributes, and its children as an expression over names.
import { DOMParser, type Element, type Node } from '@xmldom/xmldom';

interface ElementRule {
  /** Of attributes: what their values must look like. */
  readonly attributes: Readonly<Record<string, RegExp>>;
  readonly required: readonly string[];
  /** Over the names of all children, each followed by a blank; `text` for text alone. */
  readonly children: RegExp | 'text';
}

/** A schema: rules by element. */
export type Schema = Readonly<Record<string, ElementRule>>;

const ANY = /^/;
const FLAG = /^[01]$/;
const TIME = /^\d+(us|ms|s|m|h|d|min|sec|msec)?$/;

const description = (language: readonly string[]): ElementRule => ({
  attributes: { lang: /^[A-Za-z][\w-]*$/ },
  required: language,
  children: 'text',
});

const ACTIONS_OF_THE_DTD =
  /^(start|stop|recover|monitor|restart|migrate_to|migrate_from|promote|demote|notify|status|reload|meta-data|usage|methods|validate-all)$/;

const action = { timeout: TIME, interval: TIME, 'start-delay': TIME, depth: /^\d+$/ };

/** `ra-api-1.dtd` of resource-agents. */
export const DTD_1_0: Schema = {
  'resource-agent': {
    attributes: { name: ANY, version: ANY },
    required: ['name'],
    children: /^version longdesc shortdesc (parameters )?actions $/,
  },
  version: { attributes: {}, required: [], children: 'text' },
  longdesc: description([]),
  shortdesc: description([]),
  parameters: { attributes: {}, required: [], children: /^(parameter )*$/ },
  parameter: {
    attributes: { name: ANY, unique: FLAG, required: FLAG },
    required: ['name'],
    children: /^(longdesc )+(shortdesc )+content $/,
  },
  content: {
    attributes: { type: /^(string|integer|boolean|time)$/, default: ANY },
    required: ['type'],
    children: /^$/,
  },
  actions: { attributes: {}, required: [], children: /^(action )*$/ },
  action: {
    attributes: { name: ACTIONS_OF_THE_DTD, ...action, role: ANY },
    required: ['name', 'timeout'],
    children: /^$/,
  },
};

/** `ra-api.rng` of OCF 1.1. */
export const RNG_1_1: Schema = {
  ...DTD_1_0,
  'resource-agent': {
    attributes: { name: ANY, version: ANY },
    required: ['name'],
    children: /^version (longdesc )*(shortdesc )*parameters actions $/,
  },
  longdesc: description(['lang']),
  shortdesc: description(['lang']),
  parameters: { attributes: {}, required: [], children: /^(parameter )+$/ },
  parameter: {
    attributes: {
      name: ANY,
      unique: FLAG,
      'unique-group': /./,
      required: FLAG,
      reloadable: FLAG,
    },
    required: ['name'],
    children: /^(longdesc )+(shortdesc )+content $/,
  },
  content: {
    attributes: { type: /^(string|integer|boolean|select)$/, default: ANY },
    required: ['type'],
    children: /^(option )*$/,
  },
  option: { attributes: { value: ANY }, required: ['value'], children: /^$/ },
  actions: { attributes: {}, required: [], children: /^(action )+$/ },
  action: {
    attributes: { name: ANY, ...action, role: /^(Promoted|Unpromoted)$/ },
    required: ['name', 'timeout'],
    children: /^$/,
  },
};

/** Parses strictly: what is not well formed throws. */
export function parseMetadata(text: string): Element {
  const root = new DOMParser({
    onError: (level, message) => {
      // It only warns of U+FFFD, which a text may well have.
      if (level !== 'warning') {
        throw new Error(message);
      }
    },
  }).parseFromString(text, 'text/xml').documentElement;
  if (root === null) {
    throw new Error('Expected a root element, got none');
  }
  return root;
}

/** What of an element breaks the schema, one text each. */
export function schemaFaults(element: Element, schema: Schema): string[] {
  const rule = schema[element.tagName];
  if (rule === undefined) {
    return [`there is no element ${element.tagName}`];
  }
  const given = [...element.attributes].map(({ name, value }) => ({ name, value }));
  const children = elements(element);
  const names = children.map(({ tagName }) => `${tagName} `).join('');
  const fits = rule.children === 'text' ? children.length === 0 : rule.children.test(names);
  return [
    ...given
      .filter(({ name, value }) => rule.attributes[name]?.test(value) !== true)
      .map(({ name, value }) => `${element.tagName} has ${name}="${value}"`),
    ...rule.required
      .filter((name) => !element.hasAttribute(name))
      .map((name) => `${element.tagName} has no ${name}`),
    ...(fits ? [] : [`${element.tagName} has the children ${names || 'none'}`]),
    ...children.flatMap((child) => schemaFaults(child, schema)),
  ];
}

/** The elements in an element, of one name or all. */
export function elements(element: Element, name?: string): Element[] {
  return [...element.childNodes].filter(
    (node: Node): node is Element => node.nodeType === 1 && (name === undefined || node.nodeName === name),
  );
}
