import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutputWish } from '../../../src/cli/conformance-outputs.ts';
import { readRequest } from '../../../src/cli/conformance-request.ts';
import type { Io } from '../../../src/cli/io.ts';
import { Results } from '../../../src/cli/results.ts';
import { FORMATS } from '../../../src/conformance/output/format-names.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { eventsOf } from '../conformance/output/events.ts';
import { shown } from '../conformance/output/kit.ts';
import { KeptOutput } from './kit.ts';

describe('results', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundlet-results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function show(outputs: readonly OutputWish[], over: Partial<Io> = {}): Promise<string> {
    const out = new KeptOutput();
    const io: Io = {
      ...{
        env: {},
        cwd: folder,
        err: new KeptOutput(),
        clock: new FakeClock(),
        signal: new AbortController().signal,
      },
      out,
      ...over,
    };
    const request = { ...readRequest('x', { colour: true, color: true }), outputs };
    const results = await Results.open(request, io);
    for (const event of eventsOf()) {
      results.take(event);
    }
    await results.close();
    return out.text;
  }

  it('go to every file and to standard output at once, each as if it were alone', async () => {
    const wishes = FORMATS.map((format): OutputWish => ({ format, file: `${format}.out` }));
    expect(await show([{ format: 'human' }, ...wishes])).toBe(shown('human'));
    for (const format of FORMATS) {
      expect(await readFile(join(folder, `${format}.out`), 'utf8')).toBe(shown(format));
    }
  });

  it('have colours and a moving line on a terminal alone, never in a file', async () => {
    const out = { write: () => undefined, hasColours: true, columns: () => 80 };
    await show([{ format: 'human', file: 'log' }], { out });
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe(shown('human'));
  });

  it('replace a file, and go behind the summary of a job of GitHub Actions', async () => {
    await writeFile(join(folder, 'log'), 'old');
    await writeFile(join(folder, 'summary.md'), 'before\n');
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
    await show([{ format: 'github' }, { format: 'human', file: 'log' }], { env });
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe(shown('human'));
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toBe(`before\n${shown('markdown')}`);
    await show([{ format: 'human' }], { env });
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toBe(`before\n${shown('markdown')}`);
  });

  it('are refused before anything runs if a file can not be made, and none is left open', async () => {
    const before = (await readdir('/proc/self/fd')).length;
    await expect(
      show([
        { format: 'json', file: 'good.json' },
        { format: 'junit', file: 'no/such/folder' },
      ]),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('ENOENT') });
    expect(await readdir('/proc/self/fd')).toHaveLength(before);
  });

  it('that could not be written are an error', async () => {
    await expect(show([{ format: 'json', file: '/dev/full' }])).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining('ENOSPC'),
    });
  });
});
