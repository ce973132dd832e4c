import { type Figure, figures, OK, type Unit } from './figures.ts';
import type { Session, Side } from './session.ts';
import { median } from './statistics.ts';

/** One line of the table. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly budget: string;
  readonly reference: number | undefined;
  readonly ours: number | undefined;
  readonly ratio: number | undefined;
  readonly verdict: string;
  readonly count: number;
}

const HEADINGS = ['figure', 'budget', 'C daemon', 'ours', 'ratio', ''] as const;
const NONE = '–';

const summarise = (session: Session, side: Side, figure: Figure): number | undefined => {
  const values = session.read(side, figure.reading);
  if (values.length === 0) {
    return undefined;
  }
  return figure.summary === 'max' ? Math.max(...values) : median(values);
};

const verdict = (figure: Figure, ours: number | undefined, reference: number | undefined): string => {
  if (figure.budget === undefined) {
    return '';
  }
  return ours === undefined ? 'not measured' : figure.budget.judge(ours, reference);
};

export const rows = (session: Session): readonly Row[] =>
  figures(session.plan)
    .filter((figure) => session.options.only.includes(figure.group))
    .map((figure) => {
      const reference = summarise(session, 'reference', figure);
      const ours = summarise(session, 'ours', figure);
      return {
        id: figure.summary === 'max' ? `${figure.reading}.max` : figure.reading,
        title: figure.title,
        unit: figure.unit,
        budget: figure.budget?.text ?? '',
        reference,
        ours,
        ratio: reference === undefined || ours === undefined || reference <= 0 ? undefined : ours / reference,
        verdict: verdict(figure, ours, reference),
        count: session.read('ours', figure.reading).length,
      };
    })
    .filter((row) => row.reference !== undefined || row.ours !== undefined || row.verdict !== '');

const decimals = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) {
    return value.toFixed(0);
  }
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
};

const quantity = (value: number | undefined, unit: Unit): string => {
  if (value === undefined) {
    return NONE;
  }
  if (unit === 'clients' || unit === 'processes') {
    return decimals(value);
  }
  return unit === '% of a core' ? `${decimals(value)} %` : `${decimals(value)} ${unit}`;
};

const cells = (row: Row): readonly string[] => [
  row.title,
  row.budget,
  quantity(row.reference, row.unit),
  quantity(row.ours, row.unit),
  row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`,
  row.verdict,
];

export const renderText = (table: readonly Row[]): string => {
  const lines = [HEADINGS, ...table.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const numeric = new Set([2, 3, 4]);
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          numeric.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

export const renderMarkdown = (table: readonly Row[]): string => {
  const line = (words: readonly string[]): string => `| ${words.join(' | ')} |`;
  const bold = (row: Row): readonly string[] =>
    cells(row).map((cell, column) =>
      column === 5 && cell !== '' && !cell.startsWith(OK) ? `**${cell}**` : cell,
    );
  return [
    line(HEADINGS),
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...table.map((row) => line(bold(row))),
  ].join('\n');
};
