import { describe, expect, it } from 'vitest';
import { type OutputWish, readOutputs } from '../../../src/cli/conformance-outputs.ts';

describe('where results go', () => {
  it.each<[string[], string | undefined, OutputWish[]]>([
    [[], undefined, [{ format: 'human' }]],
    [['tap'], undefined, [{ format: 'tap' }]],
    [['tap=-'], undefined, [{ format: 'tap' }]],
    [['junit=r.xml'], undefined, [{ format: 'human' }, { format: 'junit', file: 'r.xml' }]],
    [['junit=a=b.xml', 'json'], undefined, [{ format: 'junit', file: 'a=b.xml' }, { format: 'json' }]],
    [['json'], 'r.json', [{ format: 'human' }, { format: 'json', file: 'r.json' }]],
    [['human=log', 'json'], '-', [{ format: 'human', file: 'log' }, { format: 'json' }]],
    [[], 'log', [{ format: 'human' }, { format: 'human', file: 'log' }]],
  ])('%j with the file %s', (values, file, wishes) => {
    expect(readOutputs(values, file)).toEqual(wishes);
  });

  it.each<[string[], string | undefined, string]>([
    [
      ['jnit'],
      undefined,
      'Expected --output to be one of human, tap, junit, json, ndjson, github, markdown, got "jnit"; did you mean junit?',
    ],
    [['junit='], undefined, 'Expected a file behind --output junit=, got none'],
    [
      ['tap', 'json'],
      undefined,
      'Expected one --output for standard output, got tap and json; --output FORMAT=FILE names a file',
    ],
    [['tap=x', 'json=x'], undefined, 'Expected a file for each --output, got "x" twice'],
    [
      ['tap', 'json'],
      'x',
      'Expected --output-file with exactly one --output that names no file, got 2; --output FORMAT=FILE names one',
    ],
    [
      ['tap=x'],
      'y',
      'Expected --output-file with exactly one --output that names no file, got 0; --output FORMAT=FILE names one',
    ],
    [['tap=x', 'json'], 'x', 'Expected a file for each --output, got "x" twice'],
  ])('are refused: %j with the file %s', (values, file, message) => {
    expect(() => readOutputs(values, file)).toThrow(expect.objectContaining({ message }));
  });
});
