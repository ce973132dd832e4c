/**
 * How solo mode keeps its resource.
 *
 * - `idle`: not begun, or without anything to do
 * - `probing`: what runs already is looked for
 * - `starting`, `running`: what the words say
 * - `recovering`: it is stopped, to be started again
 * - `halting`, `halted`: it is stopped and stays so, because a failed operation says so or nobody wants it to run
 * - `blocked`: a failure says that nothing more is to be done
 * - `ending`: it is stopped because it can't be kept running; then the container ends
 * - `leaving`: it is stopped because the container is to end
 * - `yielded`: a cluster looks after it
 * - `over`: nothing more is done
 */
export const STATES = [
  'idle',
  'probing',
  'starting',
  'running',
  'recovering',
  'halting',
  'halted',
  'blocked',
  'ending',
  'leaving',
  'yielded',
  'over',
] as const;
export type State = (typeof STATES)[number];

/**
 * - `begin`: solo mode begins, or takes over again
 * - `up`: a probe found it running, or its start succeeded; `down`: a probe found it stopped
 * - `unwanted`: a probe found it stopped, and nobody wants it to be started
 * - `restart`, `halt`, `block`, `give-up`: an operation failed, and that is what is to be done about it
 * - `stopped`: its stop succeeded
 * - `forgotten`: failure-timeout has passed since the last failure
 * - `yield`: a cluster has connected; `shutdown`: the container is to end
 */
export const EVENTS = [
  'begin',
  'up',
  'down',
  'unwanted',
  'restart',
  'halt',
  'block',
  'give-up',
  'stopped',
  'forgotten',
  'yield',
  'shutdown',
] as const;
export type Event = (typeof EVENTS)[number];

/**
 * - `probe`, `start`, `stop`: run that operation
 * - `watch`: begin its recurring monitors
 * - `hold`: do nothing more, and say so
 * - `rest`: it is stopped and stays so
 * - `release`: leave it to the cluster
 * - `end`: end the container with a status of its own; `leave`: the container may end
 */
export const ACTIONS = [
  'nothing',
  'probe',
  'start',
  'stop',
  'watch',
  'hold',
  'rest',
  'release',
  'end',
  'leave',
] as const;
export type Action = (typeof ACTIONS)[number];

export type Step = readonly [next: State, action: Action];

const stay = (state: State): Readonly<Record<Event, Step>> => ({
  begin: [state, 'nothing'],
  up: [state, 'nothing'],
  down: [state, 'nothing'],
  unwanted: [state, 'nothing'],
  restart: [state, 'nothing'],
  halt: [state, 'nothing'],
  block: [state, 'nothing'],
  'give-up': [state, 'nothing'],
  stopped: [state, 'nothing'],
  forgotten: [state, 'nothing'],
  yield: [state, 'nothing'],
  shutdown: [state, 'nothing'],
});

/** What a failure leads to, from any state in which the resource may run. */
const ON_FAILURE = {
  restart: ['recovering', 'stop'],
  halt: ['halting', 'stop'],
  block: ['blocked', 'hold'],
  'give-up': ['ending', 'stop'],
  yield: ['yielded', 'release'],
  shutdown: ['leaving', 'stop'],
} as const satisfies Partial<Record<Event, Step>>;

/** What a stop that fails leads to: it can't be tried for ever. */
const ON_STOP_FAILURE = {
  restart: ['over', 'end'],
  halt: ['over', 'end'],
  block: ['blocked', 'hold'],
  'give-up': ['over', 'end'],
} as const satisfies Partial<Record<Event, Step>>;

// Rows are states, columns events: every pair is decided here and nowhere else.
export const SOLO_STATES: Readonly<Record<State, Readonly<Record<Event, Step>>>> = {
  idle: {
    ...stay('idle'),
    begin: ['probing', 'probe'],
    yield: ['yielded', 'release'],
    shutdown: ['over', 'leave'],
  },
  probing: {
    ...stay('probing'),
    ...ON_FAILURE,
    up: ['running', 'watch'],
    down: ['starting', 'start'],
    unwanted: ['halted', 'rest'],
  },
  starting: { ...stay('starting'), ...ON_FAILURE, up: ['running', 'watch'] },
  running: { ...stay('running'), ...ON_FAILURE },
  recovering: {
    ...stay('recovering'),
    ...ON_STOP_FAILURE,
    stopped: ['starting', 'start'],
    yield: ['yielded', 'release'],
    shutdown: ['leaving', 'stop'],
  },
  halting: {
    ...stay('halting'),
    ...ON_STOP_FAILURE,
    stopped: ['halted', 'rest'],
    yield: ['yielded', 'release'],
    shutdown: ['leaving', 'stop'],
  },
  halted: {
    ...stay('halted'),
    forgotten: ['starting', 'start'],
    yield: ['yielded', 'release'],
    shutdown: ['over', 'leave'],
  },
  blocked: {
    ...stay('blocked'),
    forgotten: ['probing', 'probe'],
    yield: ['yielded', 'release'],
    shutdown: ['leaving', 'stop'],
  },
  ending: {
    ...stay('ending'),
    stopped: ['over', 'end'],
    restart: ['over', 'end'],
    halt: ['over', 'end'],
    block: ['over', 'end'],
    'give-up': ['over', 'end'],
    shutdown: ['ending', 'nothing'],
  },
  leaving: {
    ...stay('leaving'),
    stopped: ['over', 'leave'],
    restart: ['over', 'leave'],
    halt: ['over', 'leave'],
    block: ['over', 'leave'],
    'give-up': ['over', 'leave'],
  },
  yielded: { ...stay('yielded'), begin: ['probing', 'probe'], shutdown: ['over', 'leave'] },
  over: stay('over'),
};
