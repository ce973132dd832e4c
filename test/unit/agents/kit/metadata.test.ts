import { describe, expect, it } from 'vitest';
import {
  type Agent,
  boolean,
  defineAgent,
  duration,
  integer,
  select,
  string,
} from '../../../../agents/kit/index.ts';
import { metadata } from '../../../../agents/kit/metadata.ts';
import { childOf, childrenOf, readMetadata } from '../../../../src/conformance/metadata/read-metadata.ts';
import { OCF_1_1, RA_API_1_DTD, type Schema } from '../../../../src/conformance/metadata/schema.ts';
import { schemaFaults } from '../../../../src/conformance/metadata/schema-faults.ts';
import type { DocumentElement } from '../../../../src/protocol/xml-document.ts';
import { ourAgents } from '../../../helpers/our-agents.ts';

/** Who asks, and the schema of what he gets. */
const FACES: readonly (readonly [string, Record<string, string>, Schema])[] = [
  ['1.0', {}, RA_API_1_DTD],
  ['1.0', { OCF_RA_VERSION_MAJOR: '1', OCF_RA_VERSION_MINOR: '0' }, RA_API_1_DTD],
  ['1.1', { OCF_RA_VERSION_MAJOR: '1', OCF_RA_VERSION_MINOR: '1' }, OCF_1_1],
];

function parse(text: string): DocumentElement {
  const { root, faults } = readMetadata(text);
  if (root === undefined) {
    throw new Error(JSON.stringify(faults));
  }
  return root;
}

const run = async (): Promise<undefined> => undefined;
const timings = [{ timeout: '20s' }] as const;

const odd: Agent = defineAgent({
  name: 'odd',
  version: '1.0 "beta" & <more>',
  short: 'Odd',
  long: 'a < b && "c" > \'d\' ]]> \u0000\u0008\ud800\uffff \u2603',
  parameters: {
    word: select(['a<b', '"c"'], { short: 'A word', long: 'Of two.', default: '"c"' }),
    time: duration({ short: 'A time', long: 'Some.', default: 1500, isReloadable: true }),
    yes: boolean({ short: 'Yes', long: 'Or no.', default: true, isPrivate: true }),
    count: integer({ short: 'A count', long: 'Of some.', isRequired: true, isUnique: true }),
    lines: string({ short: 'Lines', long: 'Two.', default: ({ instance }) => `a\n\tb of ${instance}` }),
  },
  actions: {
    start: { timings, run },
    stop: { timings, run },
    monitor: { timings: [{ timeout: '20s', interval: '10s', depth: 10 }], run },
    'reload-agent': { timings, run },
  },
});

describe.each([...ourAgents, odd].map((agent) => [agent.name, agent] as const))(
  'metadata of %s',
  (_name, agent) => {
    it.each(FACES)('is valid by the schema of %s for %j', (_version, env, schema) => {
      expect(schemaFaults(parse(metadata(agent, env)), schema)).toEqual([]);
    });

    it('is the same whoever asks, and wherever', () => {
      const env = { OCF_RA_VERSION_MINOR: '1' };
      expect(metadata(agent, { ...env, LANG: 'de_DE.UTF-8', TZ: 'Asia/Tokyo', PATH: '' })).toBe(
        metadata(agent, env),
      );
    });

    it('has defaults that are values of their types', () => {
      for (const [name, about] of Object.entries(
        agent.parameters as Record<string, { defaultText: unknown }>,
      )) {
        const { defaultText, parse, isRequired } = about as never as {
          defaultText: string | ((source: object) => string) | undefined;
          parse: (text: string) => unknown;
          isRequired: boolean;
        };
        const text =
          typeof defaultText === 'function' ? defaultText({ env: {}, instance: 'x' }) : defaultText;
        expect(isRequired && text !== undefined, name).toBe(false);
        if (text !== undefined && text !== '') {
          expect(() => parse(text), name).not.toThrow();
        }
      }
    });

    it('hides what looks like a password', () => {
      const open = Object.entries(agent.parameters as Record<string, { isPrivate?: boolean }>)
        .filter(([name, { isPrivate }]) => /pass(wd|word)|secret|token/i.test(name) && isPrivate !== true)
        .map(([name]) => name);
      expect(open).toEqual([]);
    });
  },
);

describe('metadata', () => {
  const root = (minor: string) =>
    parse(metadata(odd, { OCF_RA_VERSION_MINOR: minor, OCF_RESOURCE_INSTANCE: 'i' }));
  const parameters = (minor: string) => childrenOf(childOf(root(minor), 'parameters'), 'parameter');
  const contents = (minor: string) =>
    parameters(minor).map((parameter) => {
      const content = childOf(parameter, 'content');
      return [content?.attributes['type'], content?.attributes['default']];
    });

  it('has text that XML can hold, and all of it', () => {
    expect(childOf(root('1'), 'longdesc')?.text).toBe(
      'a < b && "c" > \'d\' ]]> \ufffd\ufffd\ufffd\ufffd \u2603',
    );
    expect(root('1').attributes['version']).toBe('1.0 "beta" & <more>');
  });

  it('tells types and defaults', () => {
    const rest = [
      ['string', '1500ms'],
      ['boolean', 'true'],
      ['integer', undefined],
      ['string', 'a\n\tb of i'],
    ];
    expect(contents('1')).toEqual([['select', '"c"'], ...rest]);
    expect(contents('0')).toEqual([['string', '"c"'], ...rest]);
  });

  it('names the words of a select, in a way that the reader understands', () => {
    const [word] = parameters('1');
    const options = childrenOf(childOf(word, 'content'), 'option');
    expect(options.map(({ attributes }) => attributes['value'])).toEqual(['a<b', '"c"']);
    expect(childOf(parameters('0')[0], 'longdesc')?.text).toBe('Of two.\nOne of: a<b, "c"');
  });

  it('has attributes and actions of 1.1 for a reader of 1.1 only', () => {
    const has = (minor: string, name: string) => parameters(minor).map(({ attributes }) => attributes[name]);
    expect(has('1', 'reloadable')).toEqual([undefined, '1', undefined, undefined, undefined]);
    expect(has('1', 'private')).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(has('1', 'unique-group')).toEqual([undefined, undefined, undefined, 'count', undefined]);
    expect(has('1', 'unique')).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(has('0', 'unique')).toEqual(['0', '0', '0', '1', '0']);
    const actions = (minor: string) =>
      childrenOf(childOf(root(minor), 'actions'), 'action').map(({ attributes }) => attributes['name']);
    expect(actions('1')).toEqual(['start', 'stop', 'monitor', 'reload-agent', 'validate-all', 'meta-data']);
    expect(actions('0')).toEqual(['start', 'stop', 'monitor', 'validate-all', 'meta-data']);
  });
});

describe('a declaration', () => {
  const good = { ...odd };
  it.each([
    ['a name that is no file', { name: '../x' }, 'the name "../x" is no file\'s'],
    ['no parameters', { parameters: {} }, 'there are no parameters'],
    [
      'a parameter that is no variable',
      { parameters: { ...odd.parameters, 'a-b': odd.parameters.word } },
      'the parameter a-b',
    ],
    ['promote alone', { actions: { ...odd.actions, promote: { timings, run } } }, 'promote without demote'],
    [
      'reload-agent without a use',
      { parameters: { word: odd.parameters.word } },
      'reload-agent and isReloadable',
    ],
    [
      'a bad time',
      { actions: { ...odd.actions, stop: { timings: [{ timeout: 'soon' }], run } } },
      'a time of stop',
    ],
    [
      'two monitors at once',
      { actions: { ...odd.actions, monitor: { timings: [timings[0], timings[0]], run } } },
      'two monitors have the same interval',
    ],
  ])('with %s is refused', (_what, change, text) => {
    expect(() => defineAgent({ ...good, ...change } as Agent)).toThrow(text);
  });
});
