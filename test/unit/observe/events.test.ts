import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { channelOf, EVENTS, type EventName, emit, LOG_LEVELS } from '../../../src/observe/events.ts';

const NAMES = Object.keys(EVENTS) as EventName[];

describe('an event', () => {
  it.each(NAMES)('%s is told on the channel of its name', (name) => {
    const told: unknown[] = [];
    const listen = (message: unknown): void => void told.push(message);
    // By name, as somebody would who knows only the documentation.
    subscribe(`bundlet:${name}`, listen);
    emit(name, { rsc: 'r1' });
    emit(name);
    unsubscribe(`bundlet:${name}`, listen);
    emit(name, { rsc: 'unheard' });
    expect(told).toEqual([{ rsc: 'r1' }, {}]);
    expect(channelOf(name)).toBe(channelOf(name));
    expect(channelOf(name).hasSubscribers).toBe(false);
  });

  it.each(Object.entries(EVENTS))(
    '%s has a level, and a meaning in sentence case without a full stop',
    (name, event) => {
      expect(name).toMatch(/^[a-z]+\.[a-z-]+$/);
      expect(LOG_LEVELS).toContain(event.level);
      expect(event.text).toMatch(/^[A-Z].*[^.]$/);
    },
  );
});
