/** What an element may hold: nothing, text, anything, or children in an order. */
export type Content =
  | 'nothing'
  | 'text'
  | 'anything'
  | {
      /** Over the names of all children, each followed by a blank. */
      readonly order: RegExp;
      /** The same for people. */
      readonly words: string;
    };

/** What the values of an attribute look like, and how people say that. */
export interface AttributeRule {
  readonly pattern: RegExp;
  readonly words: string;
}

/** What an element must be. */
export interface ElementRule {
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  readonly required: readonly string[];
  readonly content: Content;
}

/** Rules by element. */
export type Schema = Readonly<Record<string, ElementRule>>;

const ANY: AttributeRule = { pattern: /^/, words: 'any text' };
const FLAG: AttributeRule = { pattern: /^[01]$/, words: '0 or 1' };
const NAME_TOKEN: AttributeRule = { pattern: /^[\w.:-]+$/, words: 'a name' };

function oneOf(...values: readonly string[]): AttributeRule {
  return { pattern: new RegExp(`^(?:${values.join('|')})$`), words: `one of ${values.join(', ')}` };
}

function inOrder(order: RegExp, words: string): Content {
  return { order, words };
}

/** Times are any text by every schema; whether they can be read is another question. */
const TIMES = { timeout: ANY, interval: ANY, 'start-delay': ANY, depth: ANY, role: ANY } as const;
const NONE: Pick<ElementRule, 'attributes' | 'required'> = { attributes: {}, required: [] };
const VERSION: ElementRule = { ...NONE, content: 'text' };
const DESCRIPTION: ElementRule = { attributes: { lang: ANY }, required: ['lang'], content: 'anything' };
const DESCRIPTIONS = 'longdesc, then shortdesc, at least one of each, then content';

/**
 * The structure of OCF 1.1 [OCF-spec ra/next/ra-api.rng], and one thing more: Pacemaker honours the attribute `private`, which no schema
 * knows.
 */
export const OCF_1_1: Schema = {
  'resource-agent': {
    attributes: { name: ANY, version: ANY },
    required: ['name'],
    content: inOrder(
      /^version (?:longdesc )*(?:shortdesc )*parameters actions (?:special )?$/,
      'version, longdesc, shortdesc, parameters, actions, in that order',
    ),
  },
  version: VERSION,
  longdesc: DESCRIPTION,
  shortdesc: DESCRIPTION,
  parameters: { ...NONE, content: inOrder(/^(?:parameter )+$/, 'at least one parameter, and nothing else') },
  parameter: {
    attributes: {
      name: ANY,
      unique: FLAG,
      'unique-group': ANY,
      required: FLAG,
      reloadable: FLAG,
      private: FLAG,
    },
    required: ['name'],
    content: inOrder(
      /^(?:deprecated )?(?:longdesc )+(?:shortdesc )+content $/,
      `deprecated if it is, then ${DESCRIPTIONS}`,
    ),
  },
  deprecated: {
    ...NONE,
    content: inOrder(/^(?:replaced-with |desc )*$/, 'replaced-with and desc, any number of each'),
  },
  'replaced-with': { attributes: { name: ANY }, required: ['name'], content: 'nothing' },
  desc: DESCRIPTION,
  content: {
    attributes: { type: oneOf('boolean', 'string', 'integer', 'select'), default: ANY },
    required: ['type'],
    content: inOrder(/^(?:option )*$/, 'option elements, and only those'),
  },
  option: { attributes: { value: ANY }, required: ['value'], content: 'nothing' },
  actions: { ...NONE, content: inOrder(/^(?:action )+$/, 'at least one action, and nothing else') },
  action: { attributes: { name: ANY, ...TIMES }, required: ['name', 'timeout'], content: 'nothing' },
  special: { attributes: { tag: ANY }, required: ['tag'], content: 'anything' },
};

const ACTIONS_OF_THE_DTD = [
  ...['start', 'stop', 'recover', 'monitor', 'restart', 'migrate_to', 'migrate_from', 'promote', 'demote'],
  ...['notify', 'status', 'reload', 'meta-data', 'usage', 'methods', 'validate-all'],
];
const DTD_DESCRIPTION: ElementRule = {
  attributes: { lang: NAME_TOKEN },
  required: [],
  content: 'anything',
};

/** What documents name as their type: `ra-api-1.dtd` of resource-agents, from the time of OCF 1.0. */
export const RA_API_1_DTD: Schema = {
  'resource-agent': {
    attributes: { name: ANY, version: ANY },
    required: ['name'],
    content: inOrder(
      /^version longdesc shortdesc (?:parameters )?actions $/,
      'version, longdesc, shortdesc, parameters, actions, in that order',
    ),
  },
  version: VERSION,
  longdesc: DTD_DESCRIPTION,
  shortdesc: DTD_DESCRIPTION,
  parameters: { ...NONE, content: inOrder(/^(?:parameter )*$/, 'parameters, and nothing else') },
  parameter: {
    attributes: { name: ANY, required: FLAG, unique: FLAG },
    required: ['name'],
    content: inOrder(/^(?:longdesc )+(?:shortdesc )+content $/, DESCRIPTIONS),
  },
  content: {
    attributes: { type: oneOf('string', 'integer', 'boolean', 'time'), default: ANY },
    required: ['type'],
    content: 'nothing',
  },
  actions: { ...NONE, content: inOrder(/^(?:action )*$/, 'actions, and nothing else') },
  action: {
    attributes: { ...TIMES, name: oneOf(...ACTIONS_OF_THE_DTD) },
    required: ['name', 'timeout'],
    content: 'nothing',
  },
};
