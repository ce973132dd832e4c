/**
 * A peer behind TLS.
 *
 * - `connected`: it proved the key, and has no name yet; its requests are carried out, notifications don't reach it
 * - `named`: it sent a request with its name, in practice `register`
 * - `closed`: nothing is read or sent any more
 */
export const STATES = ['connected', 'named', 'closed'] as const;
export type State = (typeof STATES)[number];

/** `name`: a request with a name was accepted; `close`: the connection ended, from either side. */
export const EVENTS = ['name', 'close'] as const;
export type Event = (typeof EVENTS)[number];

/** Every event in every state; a peer may register again at any time. */
export const SESSION_STATES: Readonly<Record<State, Readonly<Record<Event, State>>>> = {
  connected: { name: 'named', close: 'closed' },
  named: { name: 'named', close: 'closed' },
  closed: { name: 'closed', close: 'closed' },
};
