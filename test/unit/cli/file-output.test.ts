import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileOutput } from '../../../src/cli/file-output.ts';

describe('a file of limited size', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundlet-file-output-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['below it', 6, ['12\n'], '12\n'],
    ['at it', 6, ['12\n', '45\n'], '12\n45\n'],
    ['above it', 5, ['12\n', '45\n'], '12\n'],
    ['with a line that is too long', 2, ['123\n'], ''],
    ['with more behind what was cut', 4, ['12\n', '45\n', '7'], '12\n'],
    ['with letters of several bytes', 5, ['☃\n☃\n'], '☃\n'],
  ])('%s ends with a whole line', async (_, limitBytes, texts, content) => {
    const path = join(folder, 'file');
    const file = await FileOutput.open(path, { limitBytes });
    for (const text of texts) {
      file.write(text);
    }
    await file.close();
    expect(await readFile(path, 'utf8')).toBe(content);
  });
});
