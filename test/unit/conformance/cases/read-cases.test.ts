import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASES_LIMITS } from '../../../../src/conformance/cases/limits.ts';
import { readCases } from '../../../../src/conformance/cases/read-cases.ts';
import { AgentError } from '../../../../src/errors/agent-error.ts';

const read = (text: string, ids?: readonly string[]) => readCases(text, 'cases.yaml', ids);

/** The message of what is thrown. */
function faultOf(text: string, ids?: readonly string[]): string {
  try {
    read(text, ids);
  } catch (error) {
    if (error instanceof AgentError && error.code === 'CASES_INVALID') {
      return error.message;
    }
    throw error;
  }
  return 'nothing';
}

const FULL = `
instances:
  - name: web
    parameters: { port: 8080, mode: 0644, on: yes, text: "a 'b' $c", empty: '' }
  - parameters: { port: 8081 }
setUp: mkdir -p /run/web
tearDown: rm -rf /run/web
works: |
  test -e /run/web/index
  true
crash: kill -9 1234
breakConfiguration: echo wrong >/run/web/conf
programs: /usr/sbin/web
ports: [8080, 8443]
samples:
  port: { valid: [1, 65535], invalid: ['0'] }
  file: { isPath: true, isFreeText: false }
reload: { parameter: port, value: 9090, shows: 'true' }
skip: { ACT-16: it has nothing to reload }
cases:
  - name: graceful-stop
    level: should
    title: finishes what it began
    steps:
      - { run: start, parameters: { port: 9000 }, withinMs: 500 }
      - { run: monitor, level: 10, intervalMs: 0, instance: 1, rc: [0, 190], matches: '^fine' }
      - { sh: curl localhost, rc: 7 }
`;

describe('a file of cases', () => {
  it('is read with everything in it', () => {
    expect(read(FULL)).toEqual({
      instances: [
        {
          name: 'web',
          parameters: { port: '8080', mode: '0644', on: 'yes', text: "a 'b' $c", empty: '' },
        },
        { name: 'conformance-2', parameters: { port: '8081' } },
      ],
      setUp: 'mkdir -p /run/web',
      tearDown: 'rm -rf /run/web',
      works: 'test -e /run/web/index\ntrue\n',
      crash: 'kill -9 1234',
      breakConfiguration: 'echo wrong >/run/web/conf',
      programs: ['/usr/sbin/web'],
      ports: [8080, 8443],
      samples: {
        port: { valid: ['1', '65535'], invalid: ['0'] },
        file: { isPath: true, isFreeText: false },
      },
      reload: { parameter: 'port', value: '9090', shows: 'true' },
      skip: { 'ACT-16': 'it has nothing to reload' },
      cases: [
        {
          name: 'graceful-stop',
          level: 'should',
          title: 'finishes what it began',
          steps: [
            { run: 'start', parameters: { port: '9000' }, withinMs: 500 },
            { run: 'monitor', level: 10, intervalMs: 0, instance: 1, rc: [0, 190], matches: '^fine' },
            { sh: 'curl localhost', rc: [7] },
          ],
        },
      ],
    });
  });

  it.each(['', '# nothing yet\n', '---\n', 'null', '{}'])('may say nothing: %j', (text) => {
    expect(read(text)).toEqual({ instances: [{ name: 'conformance', parameters: {} }] });
  });

  it('may be JSON', () => {
    const cases = { instances: [{ name: 'a', parameters: { 'q"': 'x\ny' } }], ports: [1] };
    expect(read(JSON.stringify(cases, undefined, '\t'))).toEqual(cases);
  });

  it('reads whatever values JSON can hold', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(value, (text) => {
        const cases = { instances: [{ name: 'a', parameters: { p: text } }] };
        expect(read(JSON.stringify(cases)).instances[0]?.parameters['p']).toBe(text);
      }),
    );
  });
});

describe('what is wrong is told with its place', () => {
  it.each([
    ['- a', '1:1: Expected the file to be cases: a map with instances, setUp'],
    ['instance: []', '1:1: Expected only known keys in the file, got "instance"; did you mean instances?'],
    [
      'zzzzzzzzz: 1',
      '1:1: Expected only known keys in the file, got "zzzzzzzzz"; there are instances, setUp',
    ],
    ['setUp:', "1:7: Expected setUp to be a shell command, got nothing; '' is the empty text"],
    ['setUp: [a]', '1:8: Expected setUp to be a shell command, got a list'],
    ['instances: {}', '1:12: Expected instances to be a list of 1 to 16 resources, got a map'],
    ['instances: []', '1:12: Expected instances to be a list of 1 to 16 resources, got 0'],
    [
      'instances:\n  - name: a b',
      '2:11: Expected instances[0].name to be a name of letters, digits, _ . : and -, got "a b"',
    ],
    [
      'instances:\n  - parameters:\n      port: [1]',
      '3:13: Expected instances[0].parameters.port to be text, got a list',
    ],
    [
      'instances:\n  - { parameters: { port } }',
      "2:21: Expected instances[0].parameters.port to be text, got nothing; '' is the empty text",
    ],
    [
      'instances: [{ parameters: { "a b": 1 } }]',
      '1:29: Expected the keys of instances[0].parameters to be names of parameters, got "a b"',
    ],
    [
      'instances: [{ parameters: { a: "\\0" } }]',
      '1:32: Expected instances[0].parameters.a without a NUL, which no program can be given, got one',
    ],
    ['instances: [{ name: a }, { name: a }]', '1:1: Expected each name in instances once, got "a" again'],
    ['ports: [0]', '1:9: Expected ports[0] to be a whole number from 1 to 65535, got "0"'],
    ['ports: 8080.5', '1:8: Expected ports to be a whole number from 1 to 65535, got "8080.5"'],
    ['samples: { a: { isPath: yes } }', '1:25: Expected samples.a.isPath to be true or false, got "yes"'],
    [
      'samples: { a: { valid: [1], invalid: ["1"] } }',
      '1:15: Expected samples.a to have each value once, got "1" as valid and as invalid',
    ],
    ['reload: { value: 1 }', '1:9: Expected reload.parameter, got none'],
    [
      'instances: [{ parameters: { a: 1 } }]\nreload: { parameter: a, value: 1 }',
      '1:1: Expected reload.value to be another than that of the first instance, got "1" in both',
    ],
    ['skip: { act: why }', '1:9: Expected the keys of skip to be ids of checks, such as ACT-03, got "act"'],
    ['skip: { ACT-99: why }', '1:1: Expected skip to name checks of this class of agents, got ACT-99'],
    ['cases: [{ name: A, steps: [{ run: start }] }]', '1:17: Expected cases[0].name to be a name of small'],
    ['cases: [{ name: a }]', '1:9: Expected cases[0].steps, got none'],
    [
      'cases: [{ name: a, level: may, steps: [{ run: a }] }]',
      '1:27: Expected cases[0].level to be must or should, got "may"',
    ],
    [
      'cases: [{ name: a, steps: [{ rc: 0 }] }]',
      '1:28: Expected cases[0].steps[0] to have either run or sh, got neither',
    ],
    [
      'cases: [{ name: a, steps: [{ run: a, sh: b }] }]',
      '1:28: Expected cases[0].steps[0] to have either run or sh, got both',
    ],
    [
      'cases: [{ name: a, steps: [{ sh: a, level: 1, instance: 0 }] }]',
      '1:28: Expected cases[0].steps[0], a shell command, without what only actions have, got level, instance',
    ],
    [
      'cases: [{ name: a, steps: [{ run: a, rc: 256 }] }]',
      '1:42: Expected cases[0].steps[0].rc to be a whole number from 0 to 255, got "256"',
    ],
    [
      'cases: [{ name: a, steps: [{ run: a, rc: [] }] }]',
      '1:42: Expected cases[0].steps[0].rc to be a list of 1 to 200 exit codes, got 0',
    ],
    [
      'cases: [{ name: a, steps: [{ run: a, matches: "(" }] }]',
      '1:47: Expected cases[0].steps[0].matches to be a regular expression of JavaScript, got Invalid',
    ],
    [
      'cases: [{ name: a, steps: [{ run: a b }] }]',
      '1:35: Expected cases[0].steps[0].run to be an action of the agent, got "a b"',
    ],
    [
      'cases: [{ name: a, steps: [{ run: a, withinMs: 2s }] }]',
      '1:48: Expected cases[0].steps[0].withinMs to be a whole number from 1 to 600000, got "2s"',
    ],
  ])('%j', (text, message) => {
    expect(faultOf(text, ['ACT-16']).split('\n')[0]).toContain(`cases.yaml:${message}`);
  });

  it('all at once, in the order of the lines, and not what follows from it', () => {
    const text = 'works: []\ncases:\n  - name: a\n    steps:\n      - { run: 1, sh: [], rc: x }\nport: 1\n';
    expect(
      faultOf(text)
        .split('\n')
        .map((line) => line.replace(/: Expected.*/, '')),
    ).toEqual(['cases.yaml:1:8', 'cases.yaml:5:23', 'cases.yaml:5:31', 'cases.yaml:6:1']);
  });

  it('ten of many', () => {
    const lines = faultOf(Array.from({ length: 30 }, (_, index) => `x${index}: 1`).join('\n')).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([11, 'cases.yaml: and 20 more']);
  });
});

describe('what is not plain YAML', () => {
  it.each([
    ['works: "a', /^cases.yaml:1:\d+: Expected YAML, got something else: Missing closing/],
    ['works: a\nworks: b', /^cases.yaml:2:1: Expected YAML, got something else: Map keys must be unique/],
    ['works: a\n---\nworks: b', /Expected YAML, got something else: .*multiple documents/],
    ['works: &a b', /^cases.yaml:1:\d+: Expected no anchors and aliases, got one; write the value out/],
    ['works: &a b\nsetUp: *a', /^cases.yaml:1:\d+: Expected no anchors and aliases/],
    ['works: !sh b', /Expected .*tag.*!sh/i],
    ['works: !!binary aGk=', /Expected .*tag/i],
    ['<<: { works: a }', /^cases.yaml:1:1: Expected only known keys/],
    ['? [a]\n: b', /^cases.yaml:1:\d+: Expected YAML/],
    ['\ufeffworks: 1\n\x07', /^cases.yaml/],
  ])('is told: %j', (text, message) => {
    expect(faultOf(text)).toMatch(message);
  });

  it('that would grow is not even looked into', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghij'.split('').map((key, index) => {
        const last = String.fromCharCode(97 + index);
        return `${key}: &${key} [*${last}, *${last}, *${last}, *${last}, *${last}, *${last}, *${last}, *${last}]`;
      }),
    ].join('\n');
    expect(faultOf(bomb)).toContain('Expected no anchors and aliases');
  });

  it.each([15, 40, 5000, 100_000])('is nested %i deep', (depth) => {
    expect(faultOf('['.repeat(depth) + ']'.repeat(depth))).toMatch(/Expected .*maps?/);
  });

  it('of up to 256 KiB is read, of one byte more not', () => {
    const text = (bytes: number): string => '#'.padEnd(bytes, 'x');
    expect(faultOf(text(CASES_LIMITS.fileBytes - 1))).toBe('nothing');
    expect(faultOf(text(CASES_LIMITS.fileBytes))).toBe('nothing');
    expect(faultOf(text(CASES_LIMITS.fileBytes + 1))).toBe(
      'cases.yaml:1:1: Expected at most 256 KiB, got 262145 bytes',
    );
  });

  it('never ends in another error than ours', () => {
    const piece = fc.constantFrom(
      'instances',
      ':',
      ' ',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&a',
      '*a',
      '!t',
      '|',
      '#',
      'cases',
      'run',
      '0',
      ',',
      '?',
      '\t',
      '%YAML 1.1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        faultOf(pieces.join(''));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('limits', () => {
  const list = (count: number, item: (index: number) => string): string =>
    `[${Array.from({ length: count }, (_, index) => item(index)).join(', ')}]`;

  it.each([
    ['instances', CASES_LIMITS.instances, (count: number) => `instances: ${list(count, () => '{}')}`],
    [
      'cases',
      CASES_LIMITS.cases,
      (count: number) => `cases: ${list(count, (index) => `{ name: c${index}, steps: [{ run: a }] }`)}`,
    ],
    [
      'steps',
      CASES_LIMITS.steps,
      (count: number) => `cases: [{ name: a, steps: ${list(count, () => '{ run: a }')} }]`,
    ],
    ['programs', CASES_LIMITS.list, (count: number) => `programs: ${list(count, () => 'a')}`],
    ['a text', CASES_LIMITS.text, (count: number) => `works: ${'a'.repeat(count)}`],
    [
      'parameters',
      CASES_LIMITS.parameters,
      (count: number) =>
        `instances: [{ parameters: { ${Array.from({ length: count }, (_, index) => `p${index}: 1`).join(', ')} } }]`,
    ],
  ])('of %s: one less and as many are read, one more is not', (_what, limit, text) => {
    expect(faultOf(text(limit - 1))).toBe('nothing');
    expect(faultOf(text(limit))).toBe('nothing');
    expect(faultOf(text(limit + 1))).toMatch(/^cases.yaml:1:\d+: Expected/);
  });
});
