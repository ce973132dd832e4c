import { DOMParser, type Element } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { shown } from './kit.ts';

function parse(text: string): Element {
  const onError = (level: string, message: string): void => {
    // It warns of U+FFFD, which stands for what XML can't hold.
    if (level !== 'warning') {
      throw new Error(message);
    }
  };
  const { documentElement } = new DOMParser({ onError }).parseFromString(text, 'text/xml');
  if (documentElement === null) {
    throw new Error('Expected a document');
  }
  return documentElement;
}

const all = (element: Element, name: string): Element[] => [...element.getElementsByTagName(name)];
const attributes = (element: Element | undefined): Record<string, string> =>
  Object.fromEntries([...(element?.attributes ?? [])].map(({ name, value }) => [name, value]));

describe('JUnit', () => {
  const root = parse(shown('junit'));
  const cases = all(root, 'testcase');

  it('has the agent as its suite, with counts that are true', () => {
    const [suite] = all(root, 'testsuite');
    expect(attributes(suite)).toEqual({
      name: 'ocf:test:good',
      tests: '5',
      failures: '1',
      errors: '1',
      skipped: '2',
      time: '4.321',
      timestamp: '2026-01-02T03:04:05',
    });
    expect(cases).toHaveLength(5);
    expect(all(root, 'failure')).toHaveLength(1);
    expect(all(root, 'error')).toHaveLength(1);
    expect(all(root, 'skipped')).toHaveLength(2);
  });

  it('has groups as class names', () => {
    expect(cases.map((element) => attributes(element)['classname'])).toEqual([
      'META',
      'ACT',
      'ACT',
      'PROM',
      'TIME',
    ]);
    expect(attributes(cases[1])['name']).toBe('ACT-03 stop of a stopped resource gives 0');
  });

  it('has parameters as properties', () => {
    const properties = all(root, 'property').map(attributes);
    expect(properties).toContainEqual({ name: 'parameter quote', value: `"<'|&` });
    expect(properties).toContainEqual({ name: 'seed', value: '42' });
  });

  it('shows what agents print, and what XML can not hold as something that is seen', () => {
    const output = all(cases[1] as Element, 'system-out')[0]?.textContent ?? '';
    expect(output).toContain('a\\033[31mred\\033[0m\n::error::not ours\n]]> ``` \\000 \ufffd & <b> 100%\n');
  });

  it('takes a SHOULD for a failure when strict', () => {
    expect(all(parse(shown('junit', { strict: true })), 'failure')).toHaveLength(2);
  });
});
