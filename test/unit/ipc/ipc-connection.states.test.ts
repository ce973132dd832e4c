import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IPC_EVENTS, IPC_STATES, IPC_TRANSITIONS } from '../../../src/ipc/ipc-connection.states.ts';

const README = readFileSync(new URL('../../../src/ipc/README.md', import.meta.url), 'utf8')
  // However a formatter pads the columns.
  .replaceAll(/ +\|/g, ' |');
const pairs = IPC_STATES.flatMap((state) => IPC_EVENTS.map((event) => ({ state, event })));

describe('the state table of a local connection', () => {
  it.each(pairs)('$state, $event: is decided soundly', ({ state, event }) => {
    const { action, next } = IPC_TRANSITIONS[state][event];
    // Final means final, and nothing is done there: everything was given back.
    expect(state === 'closed' ? [next, action] : ['closed', 'ignore']).toEqual(['closed', 'ignore']);
    // Whatever ends it gives everything back, and nothing else does.
    expect(next === 'closed' && state !== 'closed').toBe(action === 'end' || action === 'refuse');
    // Rings are used only while there are some, and only who is let in gets any.
    expect(state !== 'open' && (action === 'read' || action === 'write')).toBe(false);
    expect(next === 'open' && state !== 'open').toBe(action === 'open');
    expect(action === 'open').toBe(state === 'setup' && event === 'granted');
    // Whatever breaks the rules ends it.
    expect(['fault', 'gone', 'close'].includes(event) ? next : 'closed').toBe('closed');
  });

  it.each(IPC_EVENTS)('%s: the README says the same', (event) => {
    const cells = IPC_STATES.map((state) => {
      const { action, next } = IPC_TRANSITIONS[state][event];
      return next === state ? `\`${action}\`` : `\`${action}\` → ${next}`;
    });
    expect(README).toContain(`| \`${event}\` | ${cells.join(' | ')} |`);
  });
});
