import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACTIONS, EVENTS, SHUTDOWN_STATES, STATES } from '../../../src/session/shutdown.states.ts';

const README = readFileSync(new URL('../../../src/session/README.md', import.meta.url), 'utf8')
  // However a formatter pads the columns.
  .replaceAll(/ +\|/g, ' |');
const pairs = STATES.flatMap((state) => EVENTS.map((event) => ({ state, event })));

describe('the state table of the shutdown', () => {
  it.each(pairs)('$state, $event: is decided soundly', ({ state, event }) => {
    const { action, next } = SHUTDOWN_STATES[state][event];
    expect(ACTIONS).toContain(action);
    // Each way to the end tells why, and nothing else does.
    expect(action.startsWith('end-')).toBe(next === 'ended' && state !== 'ended');
    // An action is never without a consequence, and a change never without an action.
    expect(action === 'nothing').toBe(state === next && action !== 'ask');
    // Only a signal begins, and the daemon never runs on afterwards.
    expect(state === 'running' && next !== 'running').toBe(state === 'running' && event.startsWith('term'));
    expect(next === 'running').toBe(state === 'running' && !event.startsWith('term'));
    // Whoever is asked has not answered yet.
    expect(action === 'ask' || action === 'begin').toBe(
      next === 'asked' && (state !== 'asked' || action === 'ask'),
    );
  });

  it.each(['asked', 'acked', 'orphaned'] as const)(
    '%s: a second signal and the deadline always end it',
    (state) => {
      for (const event of ['term', 'term-alone', 'deadline'] as const) {
        expect(SHUTDOWN_STATES[state][event].next).toBe('ended');
      }
    },
  );

  it.each(ACTIONS)('%s is of use', (action) => {
    expect(pairs.some(({ state, event }) => SHUTDOWN_STATES[state][event].action === action)).toBe(true);
  });

  it.each(STATES)('%s: the README says the same', (state) => {
    const cells = EVENTS.map((event) => {
      const { action, next } = SHUTDOWN_STATES[state][event];
      return next === state ? action : `${action} → ${next}`;
    });
    expect(README).toContain(`| ${state} | ${cells.join(' | ')} |`);
  });
});
