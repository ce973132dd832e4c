import { describe, expect, it } from 'vitest';
import { eventsOf, REPORT, result } from './events.ts';
import { shown } from './kit.ts';

interface Annotation {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const plain = (text: string): string =>
  text
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');

/** As the runner of GitHub Actions reads lines. */
function parse(text: string): Annotation[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, command = '', properties = '', message = ''] = /^::(\w+) ([^:]*)::(.*)$/.exec(line) ?? [];
      expect(command, line).not.toBe('');
      return {
        command,
        message: plain(message),
        properties: Object.fromEntries(properties.split(',').map((pair) => pair.split('=', 2).map(plain))),
      };
    });
}

describe('annotations of GitHub', () => {
  it('are one for each check that is not well, and one in the end', () => {
    expect(
      parse(shown('github')).map(({ command, properties }) => `${command} ${properties['title']}`),
    ).toEqual([
      'error ACT-03 stop of a stopped resource gives 0',
      'warning ACT-12 rule of ACT-12',
      'error TIME-01 rule of TIME-01',
      'notice Conformance',
    ]);
  });

  it('name the file as the repository has it', () => {
    expect(parse(shown('github', { workspace: '/work space' }))[0]?.properties['file']).toBe('agents/good');
    expect(parse(shown('github', { workspace: '/elsewhere' }))[0]?.properties).not.toHaveProperty('file');
  });

  it('hold every letter of title and message', () => {
    const title = 'a: b, 100% c\r\nd';
    const checks = [
      result('ACT-01', {
        title,
        verdict: 'failed',
        findings: [{ expected: '::x\n50%', seen: ':,', runs: [] }],
      }),
    ];
    const [first] = parse(shown('github', {}, eventsOf({ ...REPORT, checks })));
    expect(first?.properties['title']).toBe('ACT-01 a: b, 100% c\\r\nd');
    expect(first?.message).toContain('expected ::x\n50%; seen :,\n');
  });

  it('are errors for SHOULD when strict, and for what is worse than before', () => {
    expect(parse(shown('github', { strict: true }))[1]?.command).toBe('error');
    const comparison = { regressions: ['monitor costs more'], better: [] };
    expect(parse(shown('github', {}, eventsOf({ ...REPORT, comparison })))).toContainEqual({
      command: 'error',
      message: 'monitor costs more',
      properties: { title: 'Worse than the baseline', file: '/work space/agents/good' },
    });
  });
});
