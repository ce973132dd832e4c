import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Action,
  EVENTS,
  KINDS,
  OPERATION_STATES,
  STATES,
} from '../../../src/executor/operation.states.ts';

const README = readFileSync(new URL('../../../src/executor/README.md', import.meta.url), 'utf8').replaceAll(
  / +\|/g,
  ' |',
);
const pairs = KINDS.flatMap((kind) =>
  STATES.flatMap((state) => EVENTS.map((event) => ({ kind, state, event }))),
);
const TELLING: readonly Action[] = ['report', 'report-cancelled', 'kill-and-report-cancelled'];

describe('the state table of an operation', () => {
  it.each(pairs)('$kind, $state, $event: is decided soundly', ({ kind, state, event }) => {
    const [next, action] = OPERATION_STATES[kind][state][event];
    // Final means final, and an operation ends only by telling so, exactly once.
    expect(state === 'ended' ? next : 'ended').toBe('ended');
    expect(next === 'ended' && state !== 'ended').toBe(TELLING.includes(action));
    // What breaks the rules changes nothing.
    expect(action === 'fault' ? next : state).toBe(state);
    // An agent is begun by having the resource for itself, and by nothing else.
    expect(action === 'launch').toBe(next === 'running' && state !== 'running');
    expect(action === 'launch').toBe(event === 'slot' && state === 'ready');
    // Who waits too long for that is told so and never begins by it.
    expect(event === 'late' && action !== 'fault').toBe(event === 'late' && state === 'ready');
    // Only a recurring operation waits for an interval, and only after a result.
    expect(next === 'waiting' && state !== 'waiting').toBe(action === 'report-and-arm');
    expect(action === 'report-and-arm').toBe(
      kind === 'recurring' &&
        ((state === 'running' && event === 'finish') || (state === 'ready' && event === 'late')),
    );
    // A running one-shot can't be taken away; a running recurring one is killed [protocol 5.7].
    if (state === 'running' && (event === 'cancel' || event === 'remove')) {
      expect(next).toBe(kind === 'once' ? 'running' : 'ended');
    }
  });

  it.each(KINDS.flatMap((kind) => STATES.map((state) => ({ kind, state }))))(
    '$kind, $state: the README says the same',
    ({ kind, state }) => {
      const cells = EVENTS.map((event) => {
        const [next, action] = OPERATION_STATES[kind][state][event];
        return action === 'fault' ? '·' : next === state ? action : `${action} → ${next}`;
      });
      expect(README).toContain(`| ${kind} | ${state} | ${cells.join(' | ')} |`);
    },
  );
});
