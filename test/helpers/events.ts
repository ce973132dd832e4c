import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventFields, EventName } from '../../src/observe/events.ts';

export interface HeardEvents {
  /** Fields of each event and its name, in order. */
  readonly events: readonly (EventFields & { readonly name: EventName })[];
  stop(): void;
}

/** Collects events until it is stopped. */
export function listenTo(...names: readonly EventName[]): HeardEvents {
  const events: (EventFields & { readonly name: EventName })[] = [];
  const listeners = names.map((name) => {
    const listener = (fields: unknown): void => void events.push({ ...(fields as EventFields), name });
    subscribe(`bundlet:${name}`, listener);
    return () => unsubscribe(`bundlet:${name}`, listener);
  });
  return {
    events,
    stop: () => {
      for (const stop of listeners) {
        stop();
      }
    },
  };
}
