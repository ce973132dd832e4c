import type { ControlEvent } from '../../control/model.ts';
import type { Paint } from '../show/colours.ts';
import { oneLine } from '../show/table.ts';
import { clockTime } from '../show/time.ts';

/** An event as a document: its fields beside its name. */
export interface EventDocument {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function eventDocument({ atMs, name, level, text, fields }: ControlEvent): EventDocument {
  return {
    time: new Date(atMs).toISOString(),
    level,
    event: name,
    text,
    fields: JSON.parse(fields) as EventDocument['fields'],
  };
}

/** As the daemon's own log has it for people. */
export function eventLine(event: ControlEvent, paint: Paint): string {
  const { fields } = eventDocument(event);
  const facts = Object.entries(fields).map(
    ([name, value]) => `${name}=${oneLine(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  const level = event.level.padEnd(7);
  const coloured =
    event.level === 'error'
      ? paint('red', level)
      : event.level === 'warning'
        ? paint('yellow', level)
        : level;
  return `${clockTime(event.atMs)} ${coloured} ${event.name.padEnd(16)} ${event.text}. ${paint('dim', facts.join(' '))}`
    .trimEnd()
    .concat('\n');
}
