import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  TLS_EVENTS,
  TLS_STATES,
  TLS_TRANSITIONS,
  type TlsAction,
} from '../../../src/transport/tls-session.states.ts';

const README = readFileSync(new URL('../../../src/transport/README.md', import.meta.url), 'utf8')
  // However a formatter pads the columns.
  .replaceAll(/ +\|/g, ' |');
const pairs = TLS_STATES.flatMap((state) => TLS_EVENTS.map((event) => ({ state, event })));
/** Actions that end the socket, at once or soon. */
const ENDING: readonly TlsAction[] = ['cut', 'refuse', 'leave', 'alert', 'free'];

describe('the state table of a TLS session', () => {
  it.each(pairs)('$state, $event: is decided soundly', ({ state, event }) => {
    const { action, next } = TLS_TRANSITIONS[state][event];
    // Final means final.
    expect(state === 'closed' ? next : 'closed').toBe('closed');
    // The socket ends with the session, and nobody ends it otherwise.
    expect(ENDING.includes(action)).toBe(next === 'closed' && action !== 'ignore');
    expect(next !== state && action === 'ignore').toBe(false);
    // The memory is given back when the socket is gone, in whatever state, and never before.
    expect(action === 'free').toBe(event === 'socket-closed');
    // Nothing is delivered or sent for a peer that is not authenticated.
    expect(state !== 'open' && (action === 'read' || action === 'write')).toBe(false);
  });

  it.each(TLS_EVENTS)('%s: the README says the same', (event) => {
    const cells = TLS_STATES.map((state) => {
      const { action, next } = TLS_TRANSITIONS[state][event];
      return next === state ? `\`${action}\`` : `\`${action}\` → ${next}`;
    });
    expect(README).toContain(`| \`${event}\` | ${cells.join(' | ')} |`);
  });
});
