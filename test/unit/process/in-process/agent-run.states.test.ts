import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_RUN_STATES, EVENTS, STATES } from '../../../../src/process/in-process/agent-run.states.ts';

const README = readFileSync(new URL('../../../../src/process/in-process/README.md', import.meta.url), 'utf8');
const pairs = STATES.flatMap((state) => EVENTS.map((event) => ({ state, event })));

describe('the state table of a run in the daemon', () => {
  it.each(pairs)('$state, $event: is decided soundly', ({ state, event }) => {
    const [next, action] = AGENT_RUN_STATES[state][event];
    // It ends once, by telling its result, and only after that was settled.
    expect(next === 'ended' && state !== 'ended').toBe(action === 'report' || action === 'abandon');
    expect(state === 'ended' ? next : 'ended').toBe('ended');
    expect(next === 'ended' && state === 'running').toBe(false);
    // The first of what can end it settles the result, and nothing else does.
    expect(action === 'settle').toBe(state === 'running' && next === 'ending');
    // Told while something goes on: only after the grace.
    expect(action === 'abandon').toBe(state === 'ending' && event === 'late');
  });

  it.each(STATES)('%s: the README says the same', (state) => {
    const cells = EVENTS.map((event) => {
      const [next, action] = AGENT_RUN_STATES[state][event];
      return next === state ? action : `${action} → ${next}`;
    });
    expect(README).toContain(`| ${state} | ${cells.join(' | ')} |`);
  });
});
