import { COMMON_OPTIONS, type GivenOption, OUTPUT_OPTIONS, type ToolUsage } from './command-line.ts';
import type { ToolCall } from './tool.ts';

/** What `crm_attribute` takes. */
export const USAGE: ToolUsage = {
  name: 'crm_attribute',
  does: 'tells and changes attributes of nodes and options of the cluster',
  helpPages: ['output', 'selections', 'command', 'additional', 'deprecated'],
  options: [
    { long: 'query', short: 'G', meaning: 'tell the value (the default)' },
    { long: 'update', short: 'v', value: 'VALUE', joined: true, meaning: 'set the value' },
    { long: 'delete', short: 'D', meaning: 'delete the attribute' },
    {
      long: 'name',
      short: 'n',
      value: 'NAME',
      joined: true,
      meaning: 'which one; for a query, all without it',
    },
    {
      long: 'pattern',
      short: 'P',
      value: 'PATTERN',
      joined: true,
      meaning: 'all whose name matches; changes only with -l reboot',
    },
    {
      long: 'promotion',
      short: 'p',
      value: 'RESOURCE',
      optional: true,
      joined: true,
      meaning: 'the promotion score of a resource, by default of OCF_RESOURCE_INSTANCE; with -l reboot',
    },
    { long: 'id', short: 'i', value: 'ID', joined: true, meaning: 'the one with this XML id' },
    { long: 'set-name', short: 's', value: 'ID', joined: true, meaning: 'in the set with this XML id' },
    {
      long: 'node',
      short: 'N',
      value: 'NODE',
      joined: true,
      meaning: 'of this node; auto or localhost: of the one we are',
    },
    { long: 'lifetime', short: 'l', value: 'LIFETIME', joined: true, meaning: 'reboot or forever' },
    {
      long: 'type',
      short: 't',
      value: 'SECTION',
      joined: true,
      meaning: 'nodes, status, crm_config, rsc_defaults, op_defaults or tickets',
    },
    { long: 'utilization', short: 'z', meaning: 'a utilization attribute of the node' },
    { long: 'default', short: 'd', value: 'VALUE', joined: true, meaning: 'what is told if there is none' },
    { long: 'quiet', short: 'q', meaning: 'tell the value alone' },
    ...OUTPUT_OPTIONS,
    ...COMMON_OPTIONS,
    // Older spellings. `--delete-attr` takes a value and forgets it, as the real one's does.
    { long: 'attr-name', value: 'NAME' },
    { long: 'attr-value', value: 'VALUE' },
    { long: 'attr-id', value: 'ID' },
    { long: 'get-value' },
    { long: 'delete-attr', value: 'ANYTHING' },
    { long: 'node-uname', short: 'U', value: 'NODE', joined: true },
    { long: 'quiet', short: 'Q' },
    { long: 'inhibit-policy-engine', short: '!' },
  ],
};

/** What a caller of `crm_attribute` wants. */
export interface AttributeWish {
  readonly command: 'query' | 'update' | 'delete';
  readonly name: string | undefined;
  /** Names that match instead of one name. */
  readonly pattern: string | undefined;
  /** XML id of the attribute. */
  readonly id: string | undefined;
  /** XML id of its set. */
  readonly setName: string | undefined;
  /** Of an update. */
  readonly value: string | undefined;
  /** What a query tells if there is none. */
  readonly fallback: string | undefined;
  /** As it was given; may be `auto`. */
  readonly node: string | undefined;
  /** As it was given: a section, or a lifetime. */
  readonly section: string | undefined;
  readonly isUtilization: boolean;
  readonly isPromotionScore: boolean;
  readonly isQuiet: boolean;
  /** Clients of the configuration aren't told of the change. */
  readonly isUnannounced: boolean;
  /** Where the output goes. */
  readonly destination: string | undefined;
}

const NOTHING: AttributeWish = {
  command: 'query',
  name: undefined,
  pattern: undefined,
  id: undefined,
  setName: undefined,
  value: undefined,
  fallback: undefined,
  node: undefined,
  section: undefined,
  isUtilization: false,
  isPromotionScore: false,
  isQuiet: false,
  isUnannounced: false,
  destination: undefined,
};

/** The options in the order in which they were given: of those that say the same thing, the last one counts. */
export function readWish(options: readonly GivenOption[], env: ToolCall['env']): AttributeWish {
  return options.reduce<AttributeWish>((wish, given) => Object.assign(wish, partOf(given, env)), {
    ...NOTHING,
  });
}

/** The attribute that holds a resource's promotion score [pcmk attrs.c: pcmk_promotion_score_name]. */
export function promotionScoreName(rsc: string): string {
  return `master-${rsc}`;
}

function partOf({ option, value }: GivenOption, env: ToolCall['env']): Partial<AttributeWish> {
  switch (option) {
    case 'query':
    case 'get-value':
      return { command: 'query', value: undefined };
    case 'update':
    case 'attr-value':
      return { command: 'update', value };
    case 'delete':
    case 'delete-attr':
      return { command: 'delete', value: undefined };
    case 'name':
    case 'attr-name':
      return { name: value };
    case 'pattern':
      return { pattern: value };
    case 'promotion': {
      const rsc = value ?? env['OCF_RESOURCE_INSTANCE'];
      return { isPromotionScore: true, name: rsc === undefined ? undefined : promotionScoreName(rsc) };
    }
    case 'id':
    case 'attr-id':
      return { id: value };
    case 'set-name':
      return { setName: value };
    case 'node':
    case 'node-uname':
      return { node: value };
    case 'lifetime':
    case 'type':
      return { section: value };
    case 'utilization':
      return { isUtilization: true, section: 'nodes' };
    case 'default':
      return { fallback: value };
    case 'quiet':
      return { isQuiet: true };
    case 'inhibit-policy-engine':
      return { isUnannounced: true };
    case 'output-to':
      return { destination: value };
    default:
      return {};
  }
}
