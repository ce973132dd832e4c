import type { Check } from '../check.ts';

/** A check in a list, with the reason why it would not be run, if there is one. */
export interface ListedCheck {
  readonly check: Check;
  readonly leftOut?: string;
}

/** One line a check, for people. */
export function listText(checks: readonly ListedCheck[]): string {
  const width = Math.max(0, ...checks.map(({ check }) => check.id.length));
  return checks
    .map(({ check: { id, level, title }, leftOut }) => {
      const why = leftOut === undefined ? '' : ` (not run: ${leftOut})`;
      return `${id.padEnd(width)}  ${level.padEnd('should'.length)}  ${title}${why}\n`;
    })
    .join('');
}

/** The same as one JSON document, with everything that is known of each. */
export function listJson(checks: readonly ListedCheck[]): string {
  return `${JSON.stringify({ schemaVersion: 1, checks: checks.map(plain) }, undefined, 2)}\n`;
}

function plain({ check, leftOut }: ListedCheck): object {
  const { id, class: checked, level, title, why, source, remedy, needs } = check;
  return {
    id,
    class: checked,
    level,
    title,
    why,
    source,
    remedy,
    needs,
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

/** The rule, why it is one, where it stands, what to do. */
export function explainText({ id, level, title, why, source, remedy }: Check): string {
  return [
    `${id}, ${level === 'must' ? 'a MUST' : 'a SHOULD'}: ${title}`,
    `Why:        ${why}`,
    `Source:     ${source}`,
    `What to do: ${remedy}\n`,
  ].join('\n\n');
}
