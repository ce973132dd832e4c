import { describe, expect, it } from 'vitest';
import { eventMask } from '../../../src/conformance/mask-event.ts';
import { FORMATS } from '../../../src/conformance/output/format-names.ts';
import { maskedParameters, privateNames, secretsOf, textMask } from '../../../src/conformance/secrets.ts';
import type { Cases, DeclaredParameter, Metadata } from '../../../src/conformance/subject.ts';
import { eventsOf, REPORT, result, run } from './output/events.ts';
import { shown } from './output/kit.ts';

/** Letters that each format writes in its own way, over two lines. */
const CANARY = `ca"n'a<r>&y\\1%,:|\`x\ntweet-tweet`;

function subject(names: readonly (readonly [string, boolean])[], cases: Cases) {
  const parameters = names.map(
    ([name, isPrivate]): DeclaredParameter => ({
      ...{ name, isPrivate, type: 'string', isRequired: false, isUnique: false, isReloadable: false },
      ...{ isDeprecated: false, replacedWith: [], options: [] },
    }),
  );
  const metadata: Metadata = { name: 'good', apiVersion: '1.1', parameters, actions: [] };
  return { metadata, cases };
}

const one = (parameters: Readonly<Record<string, string>>): Cases => ({
  instances: [{ name: 'r', parameters }],
});

describe('private parameters', () => {
  it('are those that the agent declares so', () => {
    expect(
      privateNames(
        subject(
          [
            ['key', true],
            ['password', false],
          ],
          one({}),
        ),
      ),
    ).toEqual(new Set(['key']));
  });

  it('are password, passwd and user of an agent that declares none', () => {
    const usual = new Set(['password', 'passwd', 'user']);
    expect(privateNames(subject([['password', false]], one({})))).toEqual(usual);
    expect(privateNames({})).toEqual(usual);
  });

  it('hide the name of a user in texts only where the agent declares it', () => {
    const cases = one({ user: 'root', password: 'hush' });
    expect(secretsOf(subject([['user', false]], cases)).filter((secret) => secret !== '')).toEqual(['hush']);
    expect(secretsOf(subject([['user', true]], cases))).toEqual(['root']);
  });

  it('are looked for in all instances, samples, steps and what is reloaded', () => {
    const cases: Cases = {
      instances: [
        { name: 'a', parameters: { key: 'first' } },
        { name: 'b', parameters: { key: 'second', port: '1' } },
      ],
      samples: { key: { valid: ['third'] }, port: { valid: ['2'] } },
      cases: [{ name: 'x', steps: [{ run: 'start', parameters: { key: 'fourth' } }] }],
      reload: { parameter: 'key', value: 'fifth' },
    };
    expect(
      secretsOf(subject([['key', true]], cases))
        .filter((secret) => secret !== '')
        .toSorted(),
    ).toEqual(['fifth', 'first', 'fourth', 'second', 'third']);
  });

  it('are masked by their name even if they are short', () => {
    expect(maskedParameters({ key: 'x', port: '80' }, new Set(['key']))).toEqual({
      key: '[masked]',
      port: '80',
    });
  });
});

describe('texts', () => {
  it.each([
    ['as it is', 'got s3cr"et here', 'got [masked] here'],
    ['as JSON', 'key="s3cr\\"et"', 'key="[masked]"'],
    ['in an address', 'http://u:s3cr%22et@host', 'http://u:[masked]@host'],
    ['several times', 's3cr"ets3cr"et', '[masked][masked]'],
  ])('hide a secret %s', (_, text, masked) => {
    expect(textMask(['s3cr"et'])(text)).toBe(masked);
  });

  it('hide the longer of two where one begins the other', () => {
    expect(textMask(['abc', 'abcdef'])('abcdef abc')).toBe('[masked] [masked]');
  });

  it('are left alone by what is empty or too short to be told from words', () => {
    expect(textMask(['', 'a', 'ab', '   '])('a b ab')).toBe('a b ab');
  });

  it('take no letter of a secret for a pattern', () => {
    expect(textMask(['a.c*[x]'])('abcc a.c*[x]')).toBe('abcc [masked]');
  });
});

describe('no format', () => {
  const secret = subject([['key', true]], one({ key: CANARY, motto: 'a b' }));
  const said = `so ${CANARY} it is: ${JSON.stringify(CANARY)}`;
  const runs = [
    run(1, {
      stdout: said,
      stderr: said,
      exitReason: said,
      end: { kind: 'exited', code: 1 },
      rc: 1,
      differences: [`key=${JSON.stringify(CANARY)}`],
    }),
  ];
  const checks = [
    result('ACT-01', {
      verdict: 'failed',
      findings: [{ expected: said, seen: said, runs: [1] }],
      notes: [said],
      runs,
    }),
    result('ACT-02', { verdict: 'skipped', reason: said, runs }),
    result('ACT-03', { verdict: 'broken', reason: said, runs }),
    result('ACT-04', { runs, notes: [said] }),
  ];
  const agent = { ...REPORT.agent, parameters: { key: CANARY, motto: 'a b' } };
  const events = eventsOf({ ...REPORT, agent, checks }).map(eventMask(secret));

  it.each(FORMATS)('shows a secret: %s', (format) => {
    const text = shown(format, { detail: 'verbose', strict: true }, events);
    expect(text).toContain('[masked]');
    expect(text).not.toMatch(/tweet|ca.{0,6}n.{0,6}a(<|&lt;)/);
    // What is none stays.
    expect(text).toContain('ACT-01');
  });
});

describe('masked events', () => {
  it('keep words of ours, even if a secret is one of them', () => {
    const secret = subject([['key', true]], one({ key: 'stop' }));
    const [masked] = [
      {
        type: 'check-ended' as const,
        result: result('ACT-03', { title: 'stop gives 0', runs: [run(1, { stdout: 'stop it' })] }),
      },
    ].map(eventMask(secret));
    expect(masked).toMatchObject({
      result: { title: 'stop gives 0', runs: [{ action: 'stop', stdout: '[masked] it' }] },
    });
  });
});
