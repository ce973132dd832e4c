import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Call } from '../../../../../src/conformance/caller.ts';
import { PARAMETERS_CHECKS } from '../../../../../src/conformance/checks/ocf/parameters.ts';
import type { DeclaredParameter, Subject } from '../../../../../src/conformance/subject.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import {
  type Answer,
  type CarriedOut,
  FAKE_METADATA,
  failure,
} from '../../../../helpers/conformance/fake-trial.ts';
import type { Faults } from '../../../../helpers/conformance/model-agent.ts';
import { checkOf, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

const [STATE] = FAKE_METADATA.parameters as readonly [DeclaredParameter];
const parameter = (name: string, more: Partial<DeclaredParameter> = {}): DeclaredParameter => ({
  ...STATE,
  name,
  isUnique: false,
  ...more,
});

const PARAMETERS: readonly DeclaredParameter[] = [
  parameter('port', { type: 'integer', isRequired: true }),
  parameter('file', { isRequired: true, defaultValue: '/etc/fake' }),
  parameter('mode', { type: 'select', options: ['fast', 'safe'] }),
  parameter('text'),
];
const SUBJECT: Partial<Subject> = {
  metadata: { ...FAKE_METADATA, parameters: PARAMETERS },
  cases: {
    instances: [{ name: 'fake', parameters: { port: '80', mode: 'fast' } }],
    programs: ['/bin/true'],
    samples: {
      port: { valid: ['81'], invalid: ['70000'] },
      file: { isPath: true },
      text: { isFreeText: true },
    },
  },
};
/** By the declaration and the samples. */
const isWrong = ({ instance: { parameters } }: Call): boolean =>
  !/^\d{1,4}$/.test(parameters['port'] ?? '') || !['fast', 'safe'].includes(parameters['mode'] ?? 'fast');
const isNowhere = ({ instance: { parameters } }: Call): boolean =>
  parameters['file']?.startsWith('/proc/') ?? false;

/** The model agent with eyes for its parameters. */
const GOOD: Faults = {
  'validate-all': (_, call) => (isWrong(call) ? failure(6, 'Expected another value') : undefined),
  start: (_, call) => {
    if (isWrong(call)) {
      return failure(6, 'Expected another value');
    }
    if (call.options.env?.['OCF_RA_VERSION_MAJOR'] === '2') {
      return failure(1, 'Expected version 1');
    }
    return isNowhere(call) ? failure(5, 'Expected a file') : undefined;
  },
};

const run = (id: string, faults: Faults = {}, place?: FakePlace): Promise<CarriedOut> =>
  withFaults(
    checkOf(PARAMETERS_CHECKS, id),
    { ...GOOD, ...faults },
    { subject: SUBJECT, ...(place === undefined ? {} : { place }) },
  );

/** What a shell says of itself. */
const complaint = (text: string, code = 0): Answer => ({
  end: { kind: 'exited', code },
  stderr: `/agents/fake: 12: ${text}\n`,
});
const given = ({ instance }: Call, name: string): string => instance.parameters[name] ?? '';

/** [id, what is wrong, faults, what is said]. */
const FAULTY: readonly (readonly [string, string, Faults, readonly string[]])[] = [
  [
    'PAR-01',
    'good parameters are refused',
    { 'validate-all': () => failure(1, 'No') },
    ['validate-all of good parameters to give 0: 1 (error: No)'],
  ],
  [
    'PAR-02',
    'nobody looks whether they are there',
    {
      'validate-all': () => 0,
      start: (model, call) => (isWrong(call) ? failure(1, 'No port') : model.answer()),
    },
    [
      'validate-all without port, which is required, to give one of 2, 6: 0 (ok)',
      'start without port, which is required, to give one of 2, 6: 1 (error: No port)',
    ],
  ],
  [
    'PAR-03',
    'types are not looked at, and a good value is refused',
    { 'validate-all': (_, call) => (given(call, 'port') === '81' ? failure(6, 'Odd') : 0) },
    [
      'validate-all with port="abc" to give one of 2, 6: 0 (ok)',
      'validate-all with port="1x" to give one of 2, 6: 0 (ok)',
      'validate-all with port="70000" to give one of 2, 6: 0 (ok)',
      'validate-all with mode="not-fast" to give one of 2, 6: 0 (ok)',
      'validate-all with port="81", which is valid by the cases, to give 0: 6 (not configured: Odd)',
    ],
  ],
  [
    'PAR-04',
    'a missing file is an error everywhere',
    {
      start: (_, call) => (isNowhere(call) ? failure(1, 'No file') : undefined),
      stop: (_, call) => (isNowhere(call) ? failure(1, 'No file') : undefined),
      monitor: (_, call) => (isNowhere(call) ? failure(6, 'No file') : undefined),
    },
    [
      'start with file naming nothing to give one of 2, 5: 1 (error: No file)',
      'monitor with file naming nothing to give one of 5, 7: 6 (not configured: No file)',
      'stop with file naming nothing to give 0: 1 (error: No file)',
    ],
  ],
  [
    'PAR-05',
    'a value in two words breaks a test of the shell',
    {
      monitor: (_, call) =>
        given(call, 'text').startsWith('two words\tand')
          ? complaint('[: words: unexpected operator', 7)
          : undefined,
    },
    ['monitor not to be broken by text="two words\\tand *": /agents/fake: 12: [: words: unexpected operator'],
  ],
  [
    'PAR-05',
    'part of a value is called, and free text is refused',
    {
      stop: (_, call) => (given(call, 'text').includes('so') ? complaint('so: not found', 127) : undefined),
      'validate-all': (_, call) => (given(call, 'text').startsWith('é') ? failure(6, 'No ASCII') : undefined),
    },
    [
      'validate-all with text="é ☃ 漢", which is free text, to give 0: 6 (not configured: No ASCII)',
      `stop not to be broken by text=${JSON.stringify('two words\tit\'s "so"; * é')}: /agents/fake: 12: so: not found`,
    ],
  ],
  [
    'PAR-07',
    'validate-all looks for programs',
    {}, // Replaced below: what is hidden shows in the place alone.
    ['validate-all without /bin/true to give 0: 5 (not installed: Expected it)'],
  ],
  [
    'PAR-08',
    'it needs __OCF_ACTION',
    { monitor: (_, { options }) => (options.env?.['__OCF_ACTION'] === undefined ? failure(3) : undefined) },
    ['monitor without __OCF_ACTION to give 7, as with it: 3 (unimplemented: Expected something else)'],
  ],
  [
    'PAR-08',
    'it needs HOME and standard input',
    {
      monitor: ({ role }, { options }) =>
        role !== 'stopped' && (options.stdin === 'closed' || 'HOME' in (options.env ?? {}))
          ? failure(1, 'No')
          : undefined,
    },
    [
      'a probe of a running resource with standard input closed to give 0, as without: 1 (error: No)',
      'a probe of a running resource without HOME to give 0, as without: 1 (error: No)',
    ],
  ],
  [
    'PAR-09',
    'it starts whatever the version is',
    { start: (model) => model.answer() },
    ['an error from start with OCF_RA_VERSION_MAJOR=2: 0 (ok)'],
  ],
  [
    'PAR-10',
    'a colon is too much',
    {
      start: (_, { options }) =>
        options.env?.['OCF_RESOURCE_INSTANCE']?.includes(':') ? failure(1, 'No') : undefined,
    },
    ['start of a resource called "web:0" to give 0: 1 (error: No)'],
  ],
  [
    'PAR-11',
    'arguments are counted',
    { monitor: (_, { options }) => (options.extraArguments === undefined ? undefined : failure(2, 'usage')) },
    [
      'a probe of a stopped resource with further arguments to give 7, as without: 2 (invalid parameter: usage)',
    ],
  ],
];

describe('parameters', () => {
  test.each(PARAMETERS_CHECKS.map(({ id }) => id))('%s finds nothing wrong with a good agent', async (id) => {
    expect(failuresOf(await run(id, {}, await scratchPlace()))).toEqual(['passed']);
  });

  test.each(FAULTY)('%s: %s', async (id, _, faults, said) => {
    const place = new FakePlace();
    const sees: Faults =
      id === 'PAR-07'
        ? {
            'validate-all': () =>
              place.done.some((each) => each.startsWith('hide')) ? failure(5, 'Expected it') : 0,
          }
        : faults;
    expect(failuresOf(await run(id, sees, place))).toEqual(said);
  });

  test('PAR-06 sees what was executed, by what, once', async () => {
    const place = await scratchPlace();
    const stem = join(place.scratch, 'canaries');
    const { findings } = await run('PAR-06', { start: executes('text', stem) }, place);
    expect(findings.map(({ expected, seen }) => `${expected}: ${seen}`)).toEqual([
      'start not to execute what is in text: it does, by $(…)',
    ]);
  });

  test('PAR-06 notes it of a parameter that is a command', async () => {
    const place = await scratchPlace();
    const metadata = { ...FAKE_METADATA, parameters: [parameter('start_cmd')] };
    const result = await withFaults(
      checkOf(PARAMETERS_CHECKS, 'PAR-06'),
      { monitor: executes('start_cmd', join(place.scratch, 'canaries')) },
      { place, subject: { metadata } },
    );
    expect(failuresOf(result)).toEqual(['passed']);
    expect(result.notes).toEqual(['monitor executes start_cmd, a command by its name: $(…)']);
  });

  test('PAR-06 does not take files of the words in a value for executed ones', async () => {
    const place = await scratchPlace();
    const words: Faults['start'] = ({ answer }, call) => {
      for (const word of given(call, 'text').split(/\s+/)) {
        if (word.includes('canaries')) {
          writeFileSync(join(place.scratch, 'canaries', word.replaceAll('/', '_')), '');
        }
      }
      return answer();
    };
    expect(failuresOf(await run('PAR-06', { start: words }, place))).toEqual(['passed']);
  });

  test('PAR-01 is skipped where the software is not installed', async () => {
    const result = await run('PAR-01', { 'validate-all': () => failure(5, 'No beacon') });
    expect(failuresOf(result)).toEqual(['skipped: It looks for its software: 5 (not installed: No beacon)']);
  });

  test('PAR-02 takes an agent that looks for its software first as it is, and notes it', async () => {
    const missing: Faults = {
      start: () => failure(5, 'No beacon'),
      'validate-all': () => failure(5, 'No beacon'),
    };
    const { verdict, notes } = await run('PAR-02', missing);
    expect(verdict).toBe('passed');
    expect(notes).toEqual([
      'file is required and has a default, so that it can not be missing: META-12',
      'validate-all without port gave 5 (not installed: No beacon): it looks for its software first',
      'start without port gave 5 (not installed: No beacon): it looks for its software first',
    ]);
  });

  test('PAR-05 says nothing of complaints that good values bring, too', async () => {
    const { verdict, notes } = await run('PAR-05', {
      monitor: ({ role }) => (role === 'stopped' ? complaint('[: x: unexpected operator', 7) : undefined),
    });
    expect(verdict).toBe('passed');
    expect(notes).toContain('monitor prints such errors with good parameters, too: ACT-13');
  });

  test('PAR-10 only notes that a name with a blank does not work', async () => {
    const { verdict, notes } = await run('PAR-10', {
      start: (_, { options }) =>
        options.env?.['OCF_RESOURCE_INSTANCE']?.includes(' ') ? failure(1, 'No') : undefined,
    });
    expect(verdict).toBe('passed');
    expect(notes).toEqual(['"web server", which no cluster allows, does not work: 1 (error: No), 0 (ok)']);
  });

  test.each(['PAR-02', 'PAR-03', 'PAR-05'])(
    '%s has nothing to do for an agent without such parameters',
    async (id) => {
      const subject = { metadata: { ...FAKE_METADATA, parameters: [] } };
      const { verdict } = await withFaults(checkOf(PARAMETERS_CHECKS, id), {}, { subject });
      expect(verdict).toBe('skipped');
    },
  );
});

/** Executes a value as `eval` would: the first time that it has a substitution. */
function executes(name: string, folder: string): NonNullable<Faults[string]> {
  return ({ answer }, call) => {
    const [, file = ''] = /\$\(echo x>(\S+)\)/.exec(given(call, name)) ?? [];
    if (file.startsWith(`${folder}/${name}.sub`)) {
      writeFileSync(file, '');
      return answer();
    }
    return undefined;
  };
}

async function scratchPlace(): Promise<FakePlace> {
  const scratch = await mkdtemp(join(tmpdir(), 'parameters-'));
  onTestFinished(() => rm(scratch, { recursive: true, force: true }));
  return Object.assign(new FakePlace(), { scratch });
}

test('every check has its fault here', () => {
  const seen = new Set([...FAULTY.map(([id]) => id), 'PAR-06']);
  expect(PARAMETERS_CHECKS.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
});
