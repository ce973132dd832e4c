import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { AgentName } from './agents.ts';
import { type Figures, median } from './figures.ts';

export type Results = ReadonlyMap<AgentName, Figures>;

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** The pattern when not all steps were run. */
  readonly only: string | undefined;
}

const NAME_WIDTH = 44;
const CELL_WIDTH = 28;

/** One line a figure, one column an agent: median in seconds, and the range when there is more than one value. */
export function table(results: Results): string {
  const columns = [...results];
  const line = (name: string, cell: (figures: Figures) => string): string =>
    name.padEnd(NAME_WIDTH) + columns.map(([, figures]) => cell(figures).padStart(CELL_WIDTH)).join('');
  const header = 'seconds'.padEnd(NAME_WIDTH) + columns.map(([name]) => name.padStart(CELL_WIDTH)).join('');
  return [
    header,
    ...names(results, (figures) => figures.seconds).map((name) =>
      line(name, (figures) => describe(figures.seconds.get(name))),
    ),
    ...names(results, (figures) => figures.notes).map((name) =>
      line(name, (figures) => figures.notes.get(name) ?? '–'),
    ),
  ].join('\n');
}

function names(results: Results, part: (figures: Figures) => ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...results.values()].flatMap((figures) => [...part(figures).keys()]))];
}

function describe(values: readonly number[] | undefined): string {
  if (values === undefined) {
    return '–';
  }
  const middle = median(values).toFixed(2);
  const range = `${Math.min(...values).toFixed(2)}…${Math.max(...values).toFixed(2)}, n=${values.length}`;
  return values.length === 1 ? middle : `${middle} (${range})`;
}

export function writeResults(repository: string, results: Results, summary: Summary): string {
  const file = `${repository}/build/cluster-results.json`;
  const agents = Object.fromEntries(
    [...results].map(([name, figures]) => [
      name,
      { seconds: Object.fromEntries(figures.seconds), notes: Object.fromEntries(figures.notes) },
    ]),
  );
  const machine = { cpus: cpus().length, load: loadavg()[0] };
  mkdirSync(`${repository}/build`, { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ date: new Date().toISOString(), machine, ...summary, agents }, null, 2)}\n`,
  );
  return file;
}
