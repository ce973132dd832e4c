import type { EventFields, EventName, LogLevel } from './events.ts';

/** How lines are written: as JSON, for people, or `auto`: for people on a terminal. */
export const LOG_FORMATS = ['auto', 'json', 'human'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** One event, ready to be written. */
export interface LogEntry {
  readonly time: Date;
  readonly level: LogLevel;
  readonly event: EventName;
  readonly text: string;
  readonly fields: EventFields;
}

/** What is told of a text that came from outside, in characters: a line must fit, whatever a peer calls itself. */
export const FIELD_LIMIT = 4096;

/** The beginning of a text that is too long for a line. */
function bounded(_name: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > FIELD_LIMIT
    ? `${value.slice(0, FIELD_LIMIT)}… (${value.length - FIELD_LIMIT} characters left out)`
    : value;
}

/**
 * What JSON lets stand and a terminal obeys: DEL and the C1 controls, of which U+009B begins an escape sequence, ends of
 * lines beside the usual ones, and marks that turn the direction of a text. A peer's words must not become commands.
 */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function json(value: unknown): string {
  return JSON.stringify(value, bounded).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One JSON object: `time`, `level`, `event`, `text`, then the event's own fields. */
export function jsonLine({ time, level, event, text, fields }: LogEntry): string {
  return json({ time: time.toISOString(), level, event, text, ...fields });
}

/** For people at a terminal. */
export function plainLine({ time, level, event, text, fields }: LogEntry): string {
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${json(value)}`);
  return [time.toISOString().slice(11, 23), level.padEnd(7), event.padEnd(16), `${text}.`, ...facts].join(
    ' ',
  );
}
