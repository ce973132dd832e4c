import { describe, expect, test } from 'vitest';
import type { Call } from '../../../../../src/conformance/caller.ts';
import { METADATA_CHECKS } from '../../../../../src/conformance/checks/ocf/metadata.ts';
import { readMetadata } from '../../../../../src/conformance/metadata/read-metadata.ts';
import type { Subject } from '../../../../../src/conformance/subject.ts';
import {
  type Answer,
  type CarriedOut,
  carryOut,
  failure,
} from '../../../../helpers/conformance/fake-trial.ts';
import {
  type MetadataParts,
  metadataText,
  parameterText,
} from '../../../../helpers/conformance/metadata-text.ts';
import type { Faults } from '../../../../helpers/conformance/model-agent.ts';
import { checkOf, expectPass, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

/** An agent with this metadata, in a file that everybody may read. */
function subjectOf(parts: MetadataParts = {}): Partial<Subject> {
  const text = metadataText(parts);
  const { metadata } = readMetadata(text);
  return {
    path: `/${metadata?.name ?? 'fake'}`,
    metadataText: text,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

const actionTexts = (...names: readonly string[]): string =>
  ['start', 'stop', 'meta-data', 'validate-all', ...names]
    .map((name) => (name.startsWith('<') ? name : `<action name="${name}" timeout="20s"/>`))
    .join('\n');
const MONITOR = '<action name="monitor" timeout="20s" interval="10s"/>';

/** [id, what of the metadata is wrong, the metadata, what is said]. */
const DECLARED: readonly (readonly [string, string, MetadataParts, readonly string[]])[] = [
  [
    'META-03',
    'an unknown element',
    { after: '', actions: `${actionTexts(MONITOR)}<procedure/>` },
    ['in <actions> (line 8): at least one action, and nothing else: action, procedure'],
  ],
  ['META-06', 'no monitor', { actions: actionTexts() }, ['an <action name="monitor">: none']],
  [
    'META-07',
    'a version that there is not, and none of the agent',
    { attributes: 'name="fake"', version: '2.0' },
    ['1.0 or 1.1 in <version>: "2.0"', 'an attribute version of <resource-agent>: none'],
  ],
  [
    'META-10',
    'times that are none, and two monitors that are one operation',
    {
      actions: `<action name="start" timeout="soon"/>${MONITOR}<action name="monitor" timeout="20" interval="10000ms"/><action name="monitor" timeout="5"/>`,
    },
    [
      'an <action name="validate-all">: none',
      'a time such as 20s as timeout of start (line 9): "soon"',
      'an interval of the monitor in line 9: none',
      'another interval for every monitor: 2 with 10000 ms',
    ],
  ],
  [
    'META-11',
    'halves of pairs, and a role of an older Pacemaker',
    {
      actions: actionTexts(
        'promote',
        'migrate_from',
        'reload-agent',
        '<action name="monitor" timeout="20" interval="10" role="Master"/>',
      ),
      version: '1.0',
    },
    [
      'both promote and demote, or neither: promote',
      'both migrate_to and migrate_from, or neither: migrate_from',
      'a parameter with reloadable="1", since reload-agent is advertised: none',
      '<version>1.1</version>, since reload-agent is ignored before: "1.0"',
      'the role Promoted or Unpromoted: Master',
    ],
  ],
  [
    'META-11',
    'reloadable parameters that nothing reloads',
    { parameters: parameterText('name="level" reloadable="1"'), actions: actionTexts(MONITOR) },
    ['the action reload-agent, since parameters are reloadable: none, and level'],
  ],
  [
    'META-12',
    'defaults that are none of their type',
    {
      parameters: [
        parameterText('name="count"', '<content type="integer" default="5s"/>'),
        parameterText('name="force"', '<content type="boolean" default="perhaps"/>'),
        parameterText('name="mode"', '<content type="select" default="c"><option value="a"/></content>'),
        parameterText('name="way"', '<content type="select"/>'),
        parameterText('name="text"', '<content type="string"><option value="a"/></content>'),
      ].join('\n'),
    },
    [
      'an integer as default of count: "5s"',
      'true or false as default of force: "perhaps"',
      'one of a as default of mode: "c"',
      'options of way, since it is a select: none',
      'no options of text, since it is no select: a',
    ],
  ],
  [
    'META-12',
    'contradictions',
    {
      parameters: [
        parameterText('name="file" required="1"', '<content type="string" default="/etc/x"/>'),
        parameterText(
          'name="old" unique="1"',
          undefined,
          '<deprecated><replaced-with name="new"/></deprecated>',
        ),
        parameterText('name="a-b"'),
        parameterText('name="twice"'),
        parameterText('name="twice"'),
      ].join('\n'),
    },
    [
      'no default of file, since it is required: "/etc/x"',
      'unique-group of old, since OCF 1.1 deprecates unique: unique="1"',
      'a parameter new, since it replaces old: none',
      'names of letters, digits and _, as environments can have: "a-b"',
      'one parameter twice: 2',
    ],
  ],
];

const documented = new Set(DECLARED.map(([id]) => id));

describe('what metadata says', () => {
  test.each([...documented, 'META-13'])('%s finds nothing wrong with good metadata', async (id) => {
    await expectPass(checkOf(METADATA_CHECKS, id), { subject: subjectOf() });
  });

  test.each(DECLARED)('%s: %s', async (id, _, parts, said) => {
    expect(failuresOf(await expectFault(id, parts))).toEqual(said);
  });

  test('META-07: another name than the file has', async () => {
    const result = await withFaults(
      checkOf(METADATA_CHECKS, 'META-07'),
      {},
      { subject: { ...subjectOf(), path: '/other' } },
    );
    expect(failuresOf(result)).toEqual(['the name other, as the file has it: "fake"']);
  });

  test('META-12 takes an empty default for none, and a secret without a mark for no fault', async () => {
    const parameters = [
      parameterText('name="count"', '<content type="integer" default=""/>'),
      parameterText('name="db_password"'),
      parameterText('name="password"'),
    ].join('\n');
    const { verdict, notes } = await expectFault('META-12', { parameters });
    expect(verdict).toBe('passed');
    expect(notes.join()).toMatch(/keep db_password out of its logs/);
  });

  test('META-13 notes what the document type says, and never fails', async () => {
    const doctype = '<?xml version="1.0"?>\n<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">\n';
    const actions = actionTexts(MONITOR, 'reload-agent');
    const { verdict, notes } = await expectFault('META-13', { before: doctype, actions });
    expect(verdict).toBe('passed');
    expect(notes[0]).toBe('By ra-api-1.dtd it is not valid');
    expect((await expectFault('META-13', {})).notes).toEqual(['It names none']);
  });

  test.each(METADATA_CHECKS.filter(({ skip }) => skip !== undefined).map(({ id }) => id))(
    '%s is skipped where the metadata can not be read',
    async (id) => {
      const { metadata: _, ...unreadable } = subjectOf();
      const subject = { ...unreadable, metadata: undefined } as unknown as Partial<Subject>;
      const { verdict, reason } = await carryOut(checkOf(METADATA_CHECKS, id), () => 0, { subject });
      expect({ verdict, reason }).toEqual({
        verdict: 'skipped',
        reason: 'Its metadata can not be read: META-02 says why',
      });
    },
  );

  test('many faults are told in part, with the number of the others', async () => {
    const names = Array.from({ length: 13 }, (_, index) => `p${index}`);
    const parameters = names
      .map((name) => parameterText(`name="${name}"`, '<content type="integer" default="no"/>'))
      .join('\n');
    const { findings, notes } = await expectFault('META-12', { parameters });
    expect(findings).toHaveLength(10);
    expect(notes).toEqual(['3 more of that kind']);
  });
});

function expectFault(id: string, parts: MetadataParts): Promise<CarriedOut> {
  return withFaults(checkOf(METADATA_CHECKS, id), {}, { subject: subjectOf(parts) });
}

const TEXT = metadataText();
/** Whoever asks gets the metadata, but for one that `when` names: that one gets the other answer. */
const metaData = (when: (call: Call) => boolean, other: Answer): Faults => ({
  'meta-data': (_, call) => (when(call) ? other : { stdout: TEXT }),
});

/** [id, what is wrong, faults, what is said]. */
const ANSWERED: readonly (readonly [string, string, Faults, readonly string[]])[] = [
  [
    'META-01',
    'it needs a name of the resource',
    metaData(({ options }) => 'OCF_RESOURCE_INSTANCE' in (options.env ?? {}), failure(2, 'No name')),
    ['meta-data without parameters to give 0: 2 (invalid parameter: No name)'],
  ],
  [
    'META-01',
    'it says nothing',
    metaData(() => true, 0),
    ['metadata from meta-data without parameters: nothing'],
  ],
  [
    'META-02',
    'a warning in front of it',
    metaData(() => true, { stdout: `careful\n${TEXT}` }),
    ['one XML document: text in front of one: "careful"'],
  ],
  [
    'META-04',
    'it needs rights',
    metaData(({ options }) => options.user !== undefined, failure(4, 'Not root')),
    ['meta-data as uid 65534 to give 0: 4 (insufficient privileges: Not root)'],
  ],
  [
    'META-04',
    'others get something else',
    metaData(({ options }) => options.user !== undefined, {
      stdout: TEXT.replace('name="state"', 'name="none"'),
    }),
    [
      'the same metadata from both: another line 6: "<parameter name=\\"none\\"><longdesc lang=\\"en\\">Long</longdesc><shortdesc lang=\\"en\\">Short</shortdesc><con"',
    ],
  ],
  [
    'META-05',
    'it looks for programs first',
    metaData(({ options }) => options.env?.['OCF_TESTER_FAIL_HAVE_BINARY'] === '1', failure(5)),
    ['meta-data where have_binary finds nothing to give 0: 5 (not installed: Expected something else)'],
  ],
  [
    'META-08',
    'migrate_to is not there',
    { migrate_to: () => failure(3) },
    ['migrate_to to be implemented, since it is advertised: 3 (unimplemented)'],
  ],
  [
    'META-08',
    'what can not be started is asked what it can be asked',
    { start: () => failure(5), 'validate-all': () => failure(3) },
    ['validate-all to be implemented, since it is advertised: 3 (unimplemented)'],
  ],
  [
    'META-09',
    'errors on standard error, an answer that takes long and depends on the language',
    {
      'meta-data': (_, { options }) => ({
        stdout: options.env?.['LANG'] === undefined ? TEXT : TEXT.replace('Long', 'Lang'),
        stderr: 'which: not found\n',
        ms: 1500,
      }),
    },
    [
      'nothing on standard error: "which: not found"',
      'an answer within 1000 ms: one after 1500 ms',
      'the same metadata from both: another line 4: "<longdesc lang=\\"en\\">Lang</longdesc><shortdesc lang=\\"en\\">Short</shortdesc>"',
    ],
  ],
];

describe('how metadata is given', () => {
  // Everybody may read it.
  const path = '/fake';
  const good = metaData(() => false, 0);

  test.each(['META-01', 'META-02', 'META-04', 'META-05', 'META-08', 'META-09'])(
    '%s finds nothing wrong with a good agent',
    async (id) => {
      const result = await withFaults(checkOf(METADATA_CHECKS, id), good, { subject: { path } });
      expect(failuresOf(result)).toEqual(['passed']);
    },
  );

  test.each(ANSWERED)('%s: %s', async (id, _, faults, said) => {
    const result = await withFaults(checkOf(METADATA_CHECKS, id), faults, { subject: { path } });
    expect(failuresOf(result)).toEqual(said);
  });

  test('META-04 is skipped where nobody else may look at the agent', async () => {
    const subject = { path: '/root-only/agent' };
    const result = await withFaults(checkOf(METADATA_CHECKS, 'META-04'), good, { subject });
    expect(failuresOf(result)).toEqual([
      "skipped: Others than root can't look into /root-only, whatever the agent does",
    ]);
  });
});
