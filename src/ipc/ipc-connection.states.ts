/** `closed` is final. */
export const IPC_STATES = ['setup', 'waiting', 'open', 'closed'] as const;
export type IpcState = (typeof IPC_STATES)[number];

/**
 * `data` and `gone` come from the socket; `timeout` from the set-up timer; `asked` when the set-up request is complete;
 * `full`, `granted`, `refused` are what the host says to it, and `room` that another client left; `send` and `close` come
 * from the owner; `retry` from the timer of a full ring; `fault` is a client or a handler that broke the rules.
 */
export const IPC_EVENTS = [
  'data',
  'timeout',
  'asked',
  'full',
  'room',
  'granted',
  'refused',
  'send',
  'retry',
  'fault',
  'close',
  'gone',
] as const;
export type IpcEvent = (typeof IPC_EVENTS)[number];

/**
 * What is done on an event, after the state has changed: `ignore` nothing; `collect` a part of the set-up request; `ask`
 * the host; `open` answer the client and write what its owner has sent so far; `refuse` answer it with an errno; `keep` what
 * the owner sends before the client is let in; `read` requests; `write` to the rings; `end` it without a word, give all back
 * and tell the owner, where there is one.
 */
export type IpcAction = 'ignore' | 'collect' | 'ask' | 'open' | 'refuse' | 'keep' | 'read' | 'write' | 'end';

export interface IpcTransition {
  readonly action: IpcAction;
  readonly next: IpcState;
}

const to = (action: IpcAction, next: IpcState): IpcTransition => ({ action, next });

/** Every pair; a missing one does not compile. */
export const IPC_TRANSITIONS: Readonly<Record<IpcState, Readonly<Record<IpcEvent, IpcTransition>>>> = {
  setup: {
    data: to('collect', 'setup'),
    timeout: to('end', 'closed'),
    asked: to('ask', 'setup'),
    full: to('ignore', 'waiting'),
    room: to('ignore', 'setup'),
    granted: to('open', 'open'),
    refused: to('refuse', 'closed'),
    send: to('keep', 'setup'),
    retry: to('ignore', 'setup'),
    fault: to('end', 'closed'),
    close: to('end', 'closed'),
    gone: to('end', 'closed'),
  },
  waiting: {
    data: to('end', 'closed'),
    timeout: to('refuse', 'closed'),
    asked: to('ignore', 'waiting'),
    full: to('ignore', 'waiting'),
    room: to('ask', 'setup'),
    granted: to('ignore', 'waiting'),
    refused: to('refuse', 'closed'),
    send: to('ignore', 'waiting'),
    retry: to('ignore', 'waiting'),
    fault: to('end', 'closed'),
    close: to('end', 'closed'),
    gone: to('end', 'closed'),
  },
  open: {
    data: to('read', 'open'),
    timeout: to('ignore', 'open'),
    asked: to('ignore', 'open'),
    full: to('ignore', 'open'),
    room: to('ignore', 'open'),
    granted: to('ignore', 'open'),
    refused: to('ignore', 'open'),
    send: to('write', 'open'),
    retry: to('write', 'open'),
    fault: to('end', 'closed'),
    close: to('end', 'closed'),
    gone: to('end', 'closed'),
  },
  closed: {
    data: to('ignore', 'closed'),
    timeout: to('ignore', 'closed'),
    asked: to('ignore', 'closed'),
    full: to('ignore', 'closed'),
    room: to('ignore', 'closed'),
    granted: to('ignore', 'closed'),
    refused: to('ignore', 'closed'),
    send: to('ignore', 'closed'),
    retry: to('ignore', 'closed'),
    fault: to('ignore', 'closed'),
    close: to('ignore', 'closed'),
    gone: to('ignore', 'closed'),
  },
};
