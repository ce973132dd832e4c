/**
 * How the daemon ends in agreement with the cluster [protocol 3.10].
 *
 * - `running`: nobody wants it to end
 * - `asked`: the cluster was asked to move everything away, and has not answered
 * - `acked`: the cluster does it; its last controller will leave when it is done
 * - `orphaned`: the last controller vanished without a goodbye; its successor is waited for, a little while
 * - `ended`: nothing is waited for any more
 */
export const STATES = ['running', 'asked', 'acked', 'orphaned', 'ended'] as const;
export type State = (typeof STATES)[number];

/**
 * - `term`: TERM, INT or QUIT with a provider connected; `term-alone`: without one
 * - `ack`, `nack`: the cluster will, or will not, move everything away
 * - `joined`: a provider registered
 * - `asked-left`: the provider that was asked last is gone, another one remains; `other-left`: one of the others is gone
 * - `last-left`: the last provider said goodbye; `last-lost`: it vanished
 * - `grace-over`: no successor came; `deadline`: the whole shutdown took too long
 */
export const EVENTS = [
  'term',
  'term-alone',
  'ack',
  'nack',
  'joined',
  'asked-left',
  'other-left',
  'last-left',
  'last-lost',
  'grace-over',
  'deadline',
] as const;
export type Event = (typeof EVENTS)[number];

/** What is done after the state has changed; each that leads to `ended` tells why. */
export const ACTIONS = [
  'nothing',
  'begin',
  'ask',
  'tell-acked',
  'await-successor',
  'end-alone',
  'end-refused',
  'end-done',
  'end-orphaned',
  'end-late',
  'end-hurried',
] as const;
export type Action = (typeof ACTIONS)[number];

export interface Step {
  readonly action: Action;
  readonly next: State;
}

const step = (action: Action, next: State): Step => ({ action, next });

/** What ends the wait from whatever state it is in. */
const ENDINGS = {
  term: step('end-hurried', 'ended'),
  'term-alone': step('end-hurried', 'ended'),
  nack: step('end-refused', 'ended'),
  deadline: step('end-late', 'ended'),
} as const;

/** Row of a state in which providers are there. */
const waiting = (state: State): Omit<Record<Event, Step>, 'ack'> => ({
  ...ENDINGS,
  // The newest decides, and it has not heard of the shutdown yet.
  joined: step('ask', 'asked'),
  'asked-left': step('ask', 'asked'),
  'other-left': step('nothing', state),
  'last-left': step('end-done', 'ended'),
  'last-lost': step('await-successor', 'orphaned'),
  'grace-over': step('nothing', state),
});

/** A state in which most events mean nothing. */
const deaf = (state: State): Record<Event, Step> =>
  Object.fromEntries(EVENTS.map((event) => [event, step('nothing', state)])) as Record<Event, Step>;

/** Every event in every state. */
export const SHUTDOWN_STATES: Readonly<Record<State, Readonly<Record<Event, Step>>>> = {
  running: { ...deaf('running'), term: step('begin', 'asked'), 'term-alone': step('end-alone', 'ended') },
  asked: { ...waiting('asked'), ack: step('tell-acked', 'acked') },
  acked: { ...waiting('acked'), ack: step('nothing', 'acked') },
  orphaned: {
    ...deaf('orphaned'),
    ...ENDINGS,
    nack: step('nothing', 'orphaned'),
    joined: step('ask', 'asked'),
    'grace-over': step('end-orphaned', 'ended'),
  },
  ended: deaf('ended'),
};
