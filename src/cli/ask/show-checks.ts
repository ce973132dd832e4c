import type { Check } from '../../control/model.ts';
import type { Output } from '../io.ts';
import { painter } from '../show/colours.ts';
import { oneLine } from '../show/table.ts';

const MARKS = { ok: '+', warning: '!', failed: '-' } as const;
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red' } as const;

/** A line a check, and one below with what to do about it. */
export function checksText(checks: readonly Check[], out: Output, withOk: boolean): string {
  const paint = painter(out);
  return checks
    .filter(({ result }) => withOk || result !== 'ok')
    .map(({ name, result, text, remedy }) => {
      const line = `${paint(COLOURS[result], `[${MARKS[result]}]`)} ${name}: ${oneLine(text)}\n`;
      return remedy === undefined ? line : `${line}      ${oneLine(remedy)}\n`;
    })
    .join('');
}
