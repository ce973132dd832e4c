import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EVENTS, LOG_LEVELS } from '../../../src/observe/events.ts';
import { KEPT_LIMIT_BYTES } from '../../../src/observe/line-writer.ts';
import type { LogOptions } from '../../../src/observe/log.ts';
import { FIELD_LIMIT, jsonLine, plainLine } from '../../../src/observe/log-format.ts';
import type { Step } from './log-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'bundlet-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Line = Readonly<Record<string, unknown>>;

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

const linesIn = (file: string): Line[] => linesOf(readFileSync(join(folder, file), 'utf8'));

/** What a program writes that starts a log and goes through the steps. */
async function writeLog(
  options: Partial<LogOptions>,
  steps: readonly Step[],
): Promise<Record<'out' | 'err', Line[]>> {
  const all = { level: 'info', toStderr: false, files: [], fileMode: 0o660, ...options };
  const program = join(import.meta.dirname, 'log-writer.ts');
  const args = [program, JSON.stringify(all), ...steps.map((step) => JSON.stringify(step))];
  return await new Promise((resolve, reject) => {
    // A warning of Node on stderr would be no JSON, and fail the test.
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ out: linesOf(stdout), err: linesOf(stderr) });
      } else {
        reject(new Error(stderr, { cause: error }));
      }
    });
  });
}

const FINISHED: Step = { emit: 'op.finished', fields: { rsc: 'web', rc: 0 } };

describe('the log', () => {
  it('writes an event as one JSON object with time, level, name and meaning', async () => {
    const { out, err } = await writeLog({}, [FINISHED]);
    expect(out).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        level: 'info',
        event: 'op.finished',
        text: 'An operation finished',
        rsc: 'web',
        rc: 0,
      },
    ]);
    expect(err).toEqual([]);
  });

  it.each(LOG_LEVELS.map((level, index) => [level, LOG_LEVELS.slice(0, index + 1)] as const))(
    'at level %s writes %j',
    async (level, written) => {
      const steps = LOG_LEVELS.map((each): Step => {
        const found = Object.entries(EVENTS).find(([, event]) => event.level === each);
        return { emit: (found?.[0] ?? '') as keyof typeof EVENTS };
      });
      const { out } = await writeLog({ level }, steps);
      expect(out.map((line) => line['level'])).toEqual(written);
    },
  );

  it('goes to standard error instead, where that was asked for', async () => {
    const { out, err } = await writeLog({ toStderr: true }, [FINISHED]);
    expect([out.length, err.length]).toEqual([0, 1]);
  });

  it('goes to every file too, which is made with its mode and added to', async () => {
    const options = { files: ['one', 'two'], fileMode: 0o600 };
    await writeLog(options, [FINISHED]);
    const { out } = await writeLog(options, [FINISHED]);
    expect(out).toHaveLength(1);
    expect(linesIn('one')).toHaveLength(2);
    expect(linesIn('two')).toEqual(linesIn('one'));
    expect(statSync(join(folder, 'one')).mode & 0o777).toBe(0o600);
  });

  it('tells of a file that cannot be opened, and goes on with the others', async () => {
    const { out } = await writeLog({ files: ['none/such', 'third'] }, [FINISHED]);
    expect(out).toMatchObject([
      { event: 'daemon.note', file: 'none/such', problem: expect.stringMatching(/ENOENT/) },
      { event: 'op.finished' },
    ]);
    expect(linesIn('third')).toMatchObject([{ event: 'daemon.note' }, { event: 'op.finished' }]);
  });

  it('writes nothing more once it is closed', async () => {
    const { out } = await writeLog({ files: ['closed'] }, [FINISHED, { end: true }, FINISHED]);
    expect(out).toHaveLength(1);
    expect(linesIn('closed')).toHaveLength(1);
  });
});

describe('a line that cannot be written', () => {
  it('is kept, and goes first when there is room again', async () => {
    const steps: Step[] = [FINISHED, { close: 1 }, FINISHED, FINISHED, { open: 'again' }, FINISHED];
    const { out } = await writeLog({ files: ['whole'] }, steps);
    expect(out).toHaveLength(1);
    expect(linesIn('again').map((line) => line['lostLines'])).toEqual(Array(3).fill(undefined));
    expect(linesIn('whole')).toHaveLength(4);
  });

  it('is lost and counted when too much is kept already, and the count is told with the next', async () => {
    // A tenth of what is kept, in texts that are just not cut.
    const texts = Array.from({ length: Math.ceil(KEPT_LIMIT_BYTES / FIELD_LIMIT / 10) }, (_none, index) => [
      `text${index}`,
      'x'.repeat(FIELD_LIMIT),
    ]);
    const big: Step = { emit: 'op.finished', fields: Object.fromEntries(texts) };
    const steps: Step[] = [{ close: 1 }, ...Array<Step>(12).fill(big), { open: 'later' }, FINISHED, FINISHED];
    await writeLog({ files: ['all'] }, steps);
    const expected = [...Array(9).fill(undefined), 3, undefined];
    expect(linesIn('later').map((line) => line['lostLines'])).toEqual(expected);
    // Each place counts for itself.
    expect(linesIn('all').map((line) => line['lostLines'])).toEqual(Array(14).fill(undefined));
  });

  it('costs nothing else: the others get it', async () => {
    const { out } = await writeLog({ files: ['/dev/full', 'beside-full'] }, [FINISHED, FINISHED]);
    expect(out).toHaveLength(2);
    expect(linesIn('beside-full')).toHaveLength(2);
  });
});

describe('a line', () => {
  const entry = {
    time: new Date('2026-11-22T12:34:56.789Z'),
    level: 'warning',
    event: 'tls.refused',
    text: 'A peer was refused',
    fields: { peer: '10.0.0.1:5', rc: 7, clean: false, detail: undefined, odd: 'a "b"\n\u001b[1m' },
  } as const;

  it('for people is one line with the facts at its end', () => {
    expect(plainLine(entry)).toBe(
      '12:34:56.789 warning tls.refused      A peer was refused. peer="10.0.0.1:5" rc=7 clean=false ' +
        String.raw`odd="a \"b\"\n\u001b[1m"`,
    );
  });

  it('for machines is one line of JSON without what is undefined', () => {
    expect(jsonLine(entry)).not.toContain('\n');
    expect(JSON.parse(jsonLine(entry))).toEqual({
      time: '2026-11-22T12:34:56.789Z',
      level: 'warning',
      event: 'tls.refused',
      text: 'A peer was refused',
      peer: '10.0.0.1:5',
      rc: 7,
      clean: false,
      odd: entry.fields.odd,
    });
  });

  it.each(['\u007f', '\u0085', '\u009b', '\u2028', '\u2029', '\u202e', '\u2067', '\u200f'])(
    'holds no character that a terminal obeys: %j',
    (character) => {
      const forged = { ...entry, fields: { client: `a${character}31mb` } };
      const code = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
      expect(plainLine(forged)).toContain(` client="a${code}31mb"`);
      expect(jsonLine(forged)).not.toContain(character);
      expect(JSON.parse(jsonLine(forged))).toMatchObject(forged.fields);
    },
  );

  it('for people keeps letters of all languages', () => {
    expect(plainLine({ ...entry, fields: { client: 'Zürich 東京 🙂' } })).toContain('"Zürich 東京 🙂"');
  });

  it.each([
    ['that just fits is whole', FIELD_LIMIT, 'x'.repeat(FIELD_LIMIT)],
    ['that is too long is cut', FIELD_LIMIT + 7, `${'x'.repeat(FIELD_LIMIT)}… (7 characters left out)`],
  ])('with a text %s', (_what, length, expected) => {
    const long = { ...entry, fields: { client: 'x'.repeat(length) } };
    expect(JSON.parse(jsonLine(long))).toMatchObject({ client: expected });
    expect(plainLine(long)).toContain(` client="${expected}"`);
  });
});
