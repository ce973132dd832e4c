import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENTS, SESSION_STATES, STATES } from '../../../src/session/session.states.ts';

const README = readFileSync(new URL('../../../src/session/README.md', import.meta.url), 'utf8')
  // However a formatter pads the columns.
  .replaceAll(/ +\|/g, ' |');
const pairs = STATES.flatMap((state) => EVENTS.map((event) => ({ state, event })));

describe('the state table of a peer', () => {
  it.each(pairs)('$state, $event: is decided soundly', ({ state, event }) => {
    const next = SESSION_STATES[state][event];
    // Final means final, and only the end of the connection leads there.
    expect(next === 'closed').toBe(state === 'closed' || event === 'close');
    // A name is never lost.
    expect(state === 'named' && next === 'connected').toBe(false);
  });

  it.each(STATES)('%s: the README says the same', (state) => {
    expect(README).toContain(
      `| ${state} | ${EVENTS.map((event) => SESSION_STATES[state][event]).join(' | ')} |`,
    );
  });
});
