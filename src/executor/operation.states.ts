/**
 * Where an operation is. A one-shot ends after one run; a recurring one waits for its interval and runs again.
 *
 * - `pending`: behind others of its resource
 * - `delayed`: at the head of the queue, in its start delay
 * - `ready`: due, waits until the resource runs nothing else
 * - `running`: its agent runs
 * - `waiting`: recurring, between two runs
 * - `ended`: over; a killed agent may still be on its way out
 */
export const STATES = ['pending', 'delayed', 'ready', 'running', 'waiting', 'ended'] as const;
export type State = (typeof STATES)[number];

/**
 * - `turn`: nothing of the queue is in front of it any more
 * - `due`: its delay or interval is over
 * - `slot`: the resource is free for it
 * - `late`: an action that an earlier daemon began holds the resource for longer than its own timeout
 * - `finish`: its agent ended
 * - `cancel`: a controller cancels it, or a stop does
 * - `remove`: its resource is unregistered or replaced
 * - `merge`: an equal recurring operation was asked for
 */
export const EVENTS = ['turn', 'due', 'slot', 'late', 'finish', 'cancel', 'remove', 'merge'] as const;
export type Event = (typeof EVENTS)[number];

export const KINDS = ['once', 'recurring'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * - `nothing`: all is as it should be
 * - `arm-delay`, `arm-interval`, `ask-slot`, `launch`: what the words say
 * - `report`: tell the result; `report-and-arm`: and arm the interval, counted from now [protocol 5.3]
 * - `report-cancelled`: take it away and tell so; `kill-and-report-cancelled`: and kill its agent
 * - `refuse`: it can't be cancelled [protocol 4.6]
 * - `mark-deleted`: it goes on, its result says that the resource is gone [protocol 5.7]
 * - `fault`: the executor broke its own rules; the daemon ends and is started anew
 */
export type Action =
  | 'nothing'
  | 'arm-delay'
  | 'ask-slot'
  | 'launch'
  | 'report'
  | 'report-and-arm'
  | 'report-cancelled'
  | 'kill-and-report-cancelled'
  | 'refuse'
  | 'mark-deleted'
  | 'fault';

/** What an event does in a state: the next state and what is to be done. */
export type Transition = readonly [next: State, action: Action];

type Table = Readonly<Record<Kind, Readonly<Record<State, Readonly<Record<Event, Transition>>>>>>;

const fault = (state: State): Transition => [state, 'fault'];
const CANCELLED: Transition = ['ended', 'report-cancelled'];
const KILLED: Transition = ['ended', 'kill-and-report-cancelled'];

// Rows are states, columns events: every pair is decided here and nowhere else.
export const OPERATION_STATES: Table = {
  once: {
    pending: {
      turn: ['delayed', 'arm-delay'],
      due: fault('pending'),
      slot: fault('pending'),
      late: fault('pending'),
      finish: fault('pending'),
      cancel: CANCELLED,
      remove: CANCELLED,
      merge: fault('pending'),
    },
    delayed: {
      turn: fault('delayed'),
      due: ['ready', 'ask-slot'],
      slot: fault('delayed'),
      late: fault('delayed'),
      finish: fault('delayed'),
      cancel: CANCELLED,
      remove: CANCELLED,
      merge: fault('delayed'),
    },
    ready: {
      turn: fault('ready'),
      due: fault('ready'),
      slot: ['running', 'launch'],
      late: ['ended', 'report'],
      finish: fault('ready'),
      cancel: CANCELLED,
      remove: CANCELLED,
      merge: fault('ready'),
    },
    running: {
      turn: fault('running'),
      due: fault('running'),
      slot: fault('running'),
      late: fault('running'),
      finish: ['ended', 'report'],
      cancel: ['running', 'refuse'],
      remove: ['running', 'mark-deleted'],
      merge: fault('running'),
    },
    waiting: {
      turn: fault('waiting'),
      due: fault('waiting'),
      slot: fault('waiting'),
      late: fault('waiting'),
      finish: fault('waiting'),
      cancel: fault('waiting'),
      remove: fault('waiting'),
      merge: fault('waiting'),
    },
    ended: {
      turn: fault('ended'),
      due: fault('ended'),
      slot: fault('ended'),
      late: fault('ended'),
      finish: fault('ended'),
      cancel: ['ended', 'refuse'],
      remove: ['ended', 'nothing'],
      merge: fault('ended'),
    },
  },
  recurring: {
    pending: {
      turn: ['delayed', 'arm-delay'],
      due: fault('pending'),
      slot: fault('pending'),
      late: fault('pending'),
      finish: fault('pending'),
      cancel: CANCELLED,
      remove: CANCELLED,
      merge: ['pending', 'nothing'],
    },
    delayed: {
      turn: fault('delayed'),
      due: ['ready', 'ask-slot'],
      slot: fault('delayed'),
      late: fault('delayed'),
      finish: fault('delayed'),
      cancel: CANCELLED,
      remove: CANCELLED,
      merge: ['delayed', 'nothing'],
    },
    ready: {
      turn: fault('ready'),
      due: fault('ready'),
      slot: ['running', 'launch'],
      late: ['waiting', 'report-and-arm'],
      finish: fault('ready'),
      cancel: CANCELLED,
      remove: CANCELLED,
      merge: ['ready', 'nothing'],
    },
    running: {
      turn: fault('running'),
      due: fault('running'),
      slot: fault('running'),
      late: fault('running'),
      finish: ['waiting', 'report-and-arm'],
      cancel: KILLED,
      remove: KILLED,
      merge: ['running', 'nothing'],
    },
    waiting: {
      turn: fault('waiting'),
      due: ['ready', 'ask-slot'],
      slot: fault('waiting'),
      late: fault('waiting'),
      finish: fault('waiting'),
      cancel: CANCELLED,
      remove: CANCELLED,
      // [protocol 5.4]: it runs at once instead of waiting for its interval.
      merge: ['ready', 'ask-slot'],
    },
    ended: {
      turn: fault('ended'),
      due: fault('ended'),
      slot: fault('ended'),
      late: fault('ended'),
      // Its agent was killed and is gone now.
      finish: ['ended', 'nothing'],
      cancel: ['ended', 'refuse'],
      remove: ['ended', 'nothing'],
      merge: fault('ended'),
    },
  },
};
