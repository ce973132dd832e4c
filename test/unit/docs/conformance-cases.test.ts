import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCases } from '../../../src/conformance/cases/read-cases.ts';
import { checksOf } from '../../../src/conformance/catalog.ts';
import { AgentError } from '../../../src/errors/agent-error.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const PAGE = readFileSync(resolve(CHECKOUT, 'docs/conformance/cases.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
const IDS = (await checksOf('ocf')).map(({ id }) => id);

describe('docs/conformance/cases.md', () => {
  it.each(EXAMPLES)('has examples that are read: %s', (text) => {
    expect(readCases(text, 'example', IDS).instances.length).toBeGreaterThan(0);
  });

  it('has examples with every field', () => {
    const found = EXAMPLES.map((text) => JSON.stringify(readCases(text, 'example', IDS))).join();
    const told = [...PAGE.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(told.length).toBeGreaterThan(25);
    expect(told.filter((field) => !found.includes(`"${field}":`))).toEqual([]);
  });

  // What a reader says of a key that it does not know names those that it does.
  it.each([
    ['the file', '??: 1'],
    ['instances', 'instances: [{ "??": 1 }]'],
    ['samples', 'samples: { a: { "??": 1 } }'],
    ['reload', 'reload: { "??": 1 }'],
    ['cases', 'cases: [{ "??": 1 }]'],
    ['steps', 'cases: [{ name: a, steps: [{ "??": 1 }] }]'],
  ])('tells of every field of %s', (_what, text) => {
    const known = /there are ([\w, ]+)/.exec(messageOf(text))?.[1]?.split(', ') ?? [];
    expect(known.length).toBeGreaterThan(1);
    expect(known.filter((field) => !PAGE.includes(`\n| \`${field}\` |`))).toEqual([]);
  });
});

describe('the cases of our agents', () => {
  const names = readdirSync(resolve(CHECKOUT, 'agents')).filter((name) => !/README|kit|trouble/.test(name));

  it.each(names)('%s: two instances, at least one case, no check skipped', (name) => {
    const path = resolve(CHECKOUT, 'agents', name, 'cases.yaml');
    const { instances, cases, skip } = readCases(readFileSync(path, 'utf8'), path, IDS);
    expect([instances.length, cases?.length ?? 0, skip]).toEqual([2, expect.any(Number), undefined]);
    expect(cases?.length).toBeGreaterThan(0);
  });
});

function messageOf(text: string): string {
  try {
    readCases(text, 'example');
    return '';
  } catch (error) {
    return error instanceof AgentError ? error.message : '';
  }
}
