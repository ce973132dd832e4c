import type { ToolCase } from './tools-cases.ts';
import type { ToolOutcome } from './tools-player.ts';

/** More would bury what is to be read. */
const SHOWN = 12;
const SHOWN_LINES = 16;
const SHOWN_WIDTH = 200;

/** One paragraph for each case whose outcome is another than was expected. */
export function differences(
  cases: readonly ToolCase[],
  expected: readonly (ToolOutcome | undefined)[],
  got: readonly ToolOutcome[],
): string[] {
  return cases.flatMap((one, index) => {
    const sides = [expected[index], got[index]].map((outcome) => linesOf(outcome, one));
    const [left = [], right = []] = one.anyOrder ? sides.map((side) => side.sort()) : sides;
    const lines = compare(left, right);
    return lines.length === 0 ? [] : [paragraph(one, lines)];
  });
}

function paragraph({ name, command }: ToolCase, lines: readonly string[]): string {
  const shown = lines.slice(0, SHOWN_LINES).map((line) => line.slice(0, SHOWN_WIDTH));
  const more = lines.length > shown.length ? [`  … and ${lines.length - shown.length} more lines`] : [];
  return [`${name}: ${command.join(' ')}`.slice(0, SHOWN_WIDTH), ...shown, ...more].join('\n');
}

/** Throws with the first of the differences when there are any. */
export function mustBeAlike(found: readonly string[], total: number): void {
  if (found.length > 0) {
    const more = found.length > SHOWN ? `\n… and ${found.length - SHOWN} more` : '';
    throw new Error(
      `Expected the same of ${total} calls (-: expected, +: got), ${found.length} differ\n${found.slice(0, SHOWN).join('\n')}${more}`,
    );
  }
}

function linesOf(outcome: ToolOutcome | undefined, { onlyExitCode = false }: ToolCase): string[] {
  if (outcome === undefined) {
    return [];
  }
  const exit = `exit code ${outcome.exitCode}`;
  if (onlyExitCode) {
    return [exit];
  }
  const part = (label: string, text: string): string[] => text.split('\n').map((line) => `${label}: ${line}`);
  return [
    exit,
    ...part('stdout', outcome.stdout),
    ...part('stderr', outcome.stderr),
    ...outcome.state.map((line) => `state: ${line}`),
  ];
}

/** What the one has more, and what the other has more; a line that moved is a difference too. */
function compare(expected: readonly string[], got: readonly string[]): string[] {
  const missing = without(expected, got);
  const added = without(got, expected);
  const moved = missing.length + added.length === 0 && expected.join('\n') !== got.join('\n');
  return [
    ...missing.map((line) => `  - ${line}`),
    ...added.map((line) => `  + ${line}`),
    ...(moved ? got.map((line) => `  ~ in another order: ${line}`) : []),
  ];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) {
      left.splice(index, 1);
    }
    return index < 0;
  });
}
