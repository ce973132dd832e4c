import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const INIT = resolve(import.meta.dirname, '../../../init');
const dir = mkdtempSync(join(tmpdir(), 'pcmk-init-table-'));
afterAll(() => rmSync(dir, { recursive: true }));

function dumpTable(): string {
  const program = join(dir, 'dump');
  execFileSync('gcc', ['-DPCMK_INIT_DUMP_TABLE', '-o', program, join(INIT, 'states.c')]);
  return execFileSync(program, { encoding: 'utf8' });
}

const table = dumpTable();
const [header = [], , ...rows] = table
  .trim()
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const pairs = rows.flatMap(([event = '', ...cells]) =>
  cells.map((cell, i) => {
    const [action = '', next] = cell.split(' → ');
    const state = header[i + 1] ?? '';
    return { state, event, action, next: next ?? state };
  }),
);

test('decides every pair of state and event', () => {
  expect(header.slice(1)).toEqual(['WAIT', 'RUN', 'STOP', 'FORCE', 'DRAIN', 'KILL']);
  expect(rows.map((row) => row[0])).toEqual([
    'stop',
    'pass',
    'done',
    'final',
    'crash',
    'spent',
    'other',
    'empty',
    'timer',
  ]);
  expect(pairs.filter((pair) => pair.action === 'UNDECIDED' || pair.action === '')).toEqual([]);
});

test('is the table that README.md shows', () => {
  const readme = readFileSync(join(INIT, 'README.md'), 'utf8');
  const shown = /<!-- states -->\n([\s\S]*?)<!-- \/states -->/.exec(readme)?.[1];
  expect(shown?.trim()).toBe(table.trim());
});

test('reaches END from every state', () => {
  const reached = new Set(['END']);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const { state, next } of pairs) if (reached.has(next)) reached.add(state);
  }
  expect([...reached].sort()).toEqual(['DRAIN', 'END', 'FORCE', 'KILL', 'RUN', 'STOP', 'WAIT']);
});

test('never starts a daemon once a stop was asked for', () => {
  const after = new Set(['STOP', 'FORCE', 'DRAIN', 'KILL']);
  const backwards = pairs.filter(({ state, next }) => after.has(state) && ['WAIT', 'RUN'].includes(next));
  expect(backwards).toEqual([]);
});

test('touches the applications in no state in which the daemon may come back', () => {
  const touching = ['stop_rest', 'kill_rest', 'kill_again', 'cancel_start', 'give_up', 'refuse'];
  const early = pairs.filter(
    ({ action, next }) => touching.includes(action) && ['WAIT', 'RUN'].includes(next),
  );
  expect(early).toEqual([]);
});

test('gives every wait an end: the timer leads on from each state but RUN', () => {
  const stuck = pairs.filter(({ state, event, next }) => event === 'timer' && next === state);
  expect(stuck.map(({ state }) => state)).toEqual(['RUN']);
});
