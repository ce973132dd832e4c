/**
 * A run of an agent inside the daemon. `ending`: its result is settled, but something of it still goes on, for which it
 * has a grace; only then another run of the resource may begin.
 */
export const STATES = ['running', 'ending', 'ended'] as const;
export type State = (typeof STATES)[number];

/**
 * `answered`: the agent gave its exit code. `over`: nothing that it began goes on any more. `fault`: its code threw where
 * nobody catches it. `late`: the grace is over.
 */
export const EVENTS = ['answered', 'over', 'timeout', 'kill', 'fault', 'late'] as const;
export type Event = (typeof EVENTS)[number];

/**
 * `settle`: the result is that of the event, whatever else comes; what still goes on is aborted. `report`: the result is
 * told. `abandon`: it is told though something goes on.
 */
export type Action = 'settle' | 'report' | 'abandon' | 'none';

export const AGENT_RUN_STATES: Readonly<Record<State, Readonly<Record<Event, readonly [State, Action]>>>> = {
  running: {
    answered: ['ending', 'settle'],
    over: ['running', 'none'], // it began nothing, or all of that has ended before it answered
    timeout: ['ending', 'settle'],
    kill: ['ending', 'settle'],
    fault: ['ending', 'settle'],
    late: ['running', 'none'], // a grace begins with the end
  },
  ending: {
    answered: ['ending', 'none'],
    over: ['ended', 'report'],
    timeout: ['ending', 'none'],
    kill: ['ending', 'none'],
    fault: ['ending', 'none'],
    late: ['ended', 'abandon'],
  },
  ended: {
    answered: ['ended', 'none'],
    over: ['ended', 'none'],
    timeout: ['ended', 'none'],
    kill: ['ended', 'none'],
    fault: ['ended', 'none'],
    late: ['ended', 'none'],
  },
};
