import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../../src/cli/conformance-request.ts';
import { EXIT } from '../../../src/cli/exit-status.ts';
import { makeProgram } from '../../../src/cli/program.ts';
import { FORMATS } from '../../../src/conformance/output/format-names.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const PAGE = readFileSync(new URL('../../../docs/conformance/formats.md', import.meta.url), 'utf8');

/** A part of the page, from its heading to the next one. */
function section(heading: string): string {
  const [, text = ''] = PAGE.split(`\n${heading}\n`);
  return text.split(/\n#+ /)[0] ?? '';
}

/** What stands in the first column of a table. */
const firstCells = (text: string): string[] => text.match(/^\| `.*?(?= \|)|^\| \d.*?(?= \|)/gm) ?? [];
const words = (text: string, pattern: RegExp): string[] => [...new Set(text.match(pattern))].sort();

describe('docs/conformance/formats.md', () => {
  const output = { write: () => undefined, hasColours: false };
  const io = {
    env: {},
    cwd: '/',
    out: output,
    err: output,
    clock: new FakeClock(),
    signal: new AbortController().signal,
  };
  const command = makeProgram(io, () => undefined).commands.find((each) => each.name() === 'conformance');

  it('tells of the options that there are, and of no others', () => {
    const flags =
      command
        ?.createHelp()
        .visibleOptions(command)
        .map((option) => option.flags) ?? [];
    const names = (texts: readonly string[]): string[] =>
      words(texts.join(' '), /(?<![\w-])--?[a-z][a-z-]*/g);
    expect(flags.length).toBeGreaterThan(20);
    expect(names(firstCells(section('## Options')))).toEqual(names(flags));
  });

  it('names the value of each option as --help does', () => {
    const value = (text: string): string => text.replace(/^\| /, '').replace(/[`<>]/g, '');
    const told = firstCells(section('## Options')).map(value);
    const known = command
      ?.createHelp()
      .visibleOptions(command)
      .map((option) => value(option.flags));
    expect(told).toEqual(known);
  });

  it('tells of every exit status', () => {
    const told = words(firstCells(section('## Exit status')).join(' '), /\d+/g);
    expect(told).toEqual(Object.values(EXIT).map(String).sort());
  });

  it('tells of every profile and of every format, which has a section, too', () => {
    expect(words(firstCells(section('### Profiles')).join(' '), /\w+/g)).toEqual(
      Object.keys(PROFILES).sort(),
    );
    expect(words(firstCells(section('## Formats')).join(' '), /\w+/g)).toEqual([...FORMATS].sort());
    expect(FORMATS.filter((format) => section(`### ${format}`) === '')).toEqual([]);
  });
});
