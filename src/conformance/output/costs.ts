import type { ActionCost } from '../result.ts';
import { timeText } from './mark.ts';

/** The table of costs as cells: its head, and its rows. What nobody could measure is a dash. */
export function costRows(costs: readonly ActionCost[]): [readonly string[], readonly (readonly string[])[]] {
  const head = ['action', 'times', 'median', 'p95', 'longest', 'CPU', 'processes'];
  const rows = costs.map(({ action, count, median, p95, max, cpuMedian, forksMedian }) => [
    action,
    String(count),
    ...[median, p95, max].map(timeText),
    cpuMedian === undefined ? '-' : timeText(cpuMedian),
    forksMedian === undefined ? '-' : String(forksMedian),
  ]);
  return [head, rows];
}

/** The same in columns that stand under each other; figures to the right. */
export function costLines(costs: readonly ActionCost[]): readonly string[] {
  const [head, rows] = costRows(costs);
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
