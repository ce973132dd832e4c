import {
  channelOf,
  EVENTS,
  type EventFields,
  type EventName,
  LOG_LEVELS,
  type LogLevel,
} from '../../observe/events.ts';
import type { ControlEvent, WatchRequest } from '../model.ts';
import { Ring } from './ring.ts';

/** So many events of before are kept. */
export const KEPT_EVENTS = 500;

/** What is kept is as detailed as this; who watches may have it more detailed from then on. */
const KEPT_LEVEL: LogLevel = 'info';

/** So much of a text, in characters: output of agents is in the history. */
const KEPT_TEXT = 1000;

/** The newest events, and those who watch for more. */
export class EventLog {
  readonly #kept = new Ring<ControlEvent>(KEPT_EVENTS);

  constructor() {
    for (const name of namesUpTo(KEPT_LEVEL)) {
      channelOf(name).subscribe((fields) => this.#kept.push(eventOf(name, fields as EventFields)));
    }
  }

  /** The newest so many that somebody wants; oldest first. */
  before({ backlog, resource, level }: WatchRequest): readonly ControlEvent[] {
    const names = new Set<string>(namesUpTo(levelOf(level)));
    const wanted = this.#kept
      .toArray()
      .filter((event) => names.has(event.name) && (resource === undefined || resourceOf(event) === resource));
    return backlog === 0 ? [] : wanted.slice(-backlog);
  }

  /** Tells of new ones; returns what ends it. */
  follow({ resource, level }: WatchRequest, onEvent: (event: ControlEvent) => void): () => void {
    const ends = namesUpTo(levelOf(level)).map((name) => {
      const listener = (fields: unknown): void => {
        if (resource === undefined || (fields as EventFields)['rsc'] === resource) {
          onEvent(eventOf(name, fields as EventFields));
        }
      };
      channelOf(name).subscribe(listener);
      return () => channelOf(name).unsubscribe(listener);
    });
    return () => {
      for (const end of ends) {
        end();
      }
    };
  }
}

const levelOf = (text: string): LogLevel => LOG_LEVELS.find((level) => level === text) ?? 'info';

const namesUpTo = (level: LogLevel): readonly EventName[] =>
  (Object.keys(EVENTS) as EventName[]).filter(
    (name) => LOG_LEVELS.indexOf(EVENTS[name].level) <= LOG_LEVELS.indexOf(level),
  );

function eventOf(name: EventName, fields: EventFields): ControlEvent {
  const { level, text } = EVENTS[name];
  const shortened = JSON.stringify(fields, (_name, value: unknown) =>
    typeof value === 'string' && value.length > KEPT_TEXT ? `${value.slice(0, KEPT_TEXT)}…` : value,
  );
  return { atMs: Date.now(), name, level, text, fields: shortened };
}

function resourceOf({ fields }: ControlEvent): unknown {
  // Most are of none: a look at the text spares reading it.
  return fields.includes('"rsc":') ? (JSON.parse(fields) as EventFields)['rsc'] : undefined;
}
