import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACTIONS, EVENTS, SOLO_STATES, STATES } from '../../../src/solo/solo.states.ts';

const README = readFileSync(new URL('../../../src/solo/README.md', import.meta.url), 'utf8').replaceAll(
  / +\|/g,
  ' |',
);
const pairs = STATES.flatMap((state) => EVENTS.map((event) => ({ state, event })));

describe('the state table of solo mode', () => {
  it.each(pairs)('$state, $event: is decided soundly', ({ state, event }) => {
    const [next, action] = SOLO_STATES[state][event];
    expect(STATES).toContain(next);
    // An action is never without a change, and a change never without an action.
    expect(action === 'nothing').toBe(next === state);
    // What ends it ends it for good.
    expect(action === 'end' || action === 'leave').toBe(next === 'over' && state !== 'over');
    expect(action === 'stop').toBe(
      next !== state && ['recovering', 'halting', 'ending', 'leaving'].includes(next),
    );
    expect(action === 'start').toBe(next === 'starting' && state !== 'starting');
    expect(action === 'watch').toBe(next === 'running' && state !== 'running');
  });

  it.each(STATES.filter((state) => !['over', 'leaving', 'ending'].includes(state)))(
    '%s: the container can end, and a cluster can take over',
    (state) => {
      expect(['leaving', 'over']).toContain(SOLO_STATES[state].shutdown[0]);
      expect(SOLO_STATES[state].yield[0]).toBe('yielded');
    },
  );

  it('a stop that fails is never tried again for ever', () => {
    for (const state of ['recovering', 'halting', 'ending', 'leaving'] as const) {
      for (const event of ['restart', 'halt', 'give-up'] as const) {
        expect(SOLO_STATES[state][event][0]).toBe('over');
      }
    }
  });

  it.each(ACTIONS)('%s is of use', (action) => {
    expect(pairs.some(({ state, event }) => SOLO_STATES[state][event][1] === action)).toBe(true);
  });

  it.each(STATES)('%s: the README says the same', (state) => {
    const cells = EVENTS.map((event) => {
      const [next, action] = SOLO_STATES[state][event];
      return next === state ? action : `${action} → ${next}`;
    });
    expect(README).toContain(`| ${state} | ${cells.join(' | ')} |`);
  });
});
