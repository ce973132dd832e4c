/** `closed` is final: only the socket's own end is still awaited there, to give the memory back. */
export const TLS_STATES = ['handshake', 'open', 'closed'] as const;
export type TlsState = (typeof TLS_STATES)[number];

/**
 * `data`, `fin`, `socket-error`, `socket-closed` come from the socket; `timeout` from the handshake timer; `shaken`,
 * `refused`, `peer-left`, `broken` are results of a TLS step; `send`, `close`, `handler-failed` come from the owner;
 * `overflow` means that the peer does not take its output.
 */
export const TLS_EVENTS = [
  'data',
  'fin',
  'timeout',
  'shaken',
  'refused',
  'peer-left',
  'broken',
  'send',
  'overflow',
  'close',
  'handler-failed',
  'socket-error',
  'socket-closed',
] as const;
export type TlsEvent = (typeof TLS_EVENTS)[number];

/**
 * What is done on an event, before the state changes:
 * `ignore` nothing; `shake` a step of the handshake; `announce` hand the connection to its owner; `read` decrypt and
 * deliver; `write` encrypt and send; `refuse` alert the peer, then close; `leave` say goodbye and drain; `alert`
 * alert the peer and drain; `cut` destroy the socket; `free` give the session's memory back.
 */
export type TlsAction =
  | 'ignore'
  | 'shake'
  | 'announce'
  | 'read'
  | 'write'
  | 'refuse'
  | 'leave'
  | 'alert'
  | 'cut'
  | 'free';

export interface TlsTransition {
  readonly action: TlsAction;
  readonly next: TlsState;
}

const to = (action: TlsAction, next: TlsState): TlsTransition => ({ action, next });

/** Every pair; a missing one does not compile. (tls.md 4) */
export const TLS_TRANSITIONS: Readonly<Record<TlsState, Readonly<Record<TlsEvent, TlsTransition>>>> = {
  handshake: {
    data: to('shake', 'handshake'),
    fin: to('shake', 'handshake'),
    timeout: to('cut', 'closed'),
    shaken: to('announce', 'open'),
    refused: to('refuse', 'closed'),
    'peer-left': to('cut', 'closed'),
    broken: to('cut', 'closed'),
    send: to('ignore', 'handshake'),
    overflow: to('cut', 'closed'),
    close: to('cut', 'closed'),
    'handler-failed': to('cut', 'closed'),
    'socket-error': to('cut', 'closed'),
    'socket-closed': to('free', 'closed'),
  },
  open: {
    data: to('read', 'open'),
    fin: to('read', 'open'),
    timeout: to('ignore', 'open'),
    shaken: to('ignore', 'open'),
    refused: to('ignore', 'open'),
    'peer-left': to('leave', 'closed'),
    broken: to('alert', 'closed'),
    send: to('write', 'open'),
    overflow: to('cut', 'closed'),
    close: to('leave', 'closed'),
    'handler-failed': to('leave', 'closed'),
    'socket-error': to('cut', 'closed'),
    'socket-closed': to('free', 'closed'),
  },
  closed: {
    data: to('ignore', 'closed'),
    fin: to('ignore', 'closed'),
    timeout: to('ignore', 'closed'),
    shaken: to('ignore', 'closed'),
    refused: to('ignore', 'closed'),
    'peer-left': to('ignore', 'closed'),
    broken: to('ignore', 'closed'),
    send: to('ignore', 'closed'),
    overflow: to('ignore', 'closed'),
    close: to('ignore', 'closed'),
    'handler-failed': to('ignore', 'closed'),
    'socket-error': to('ignore', 'closed'),
    'socket-closed': to('free', 'closed'),
  },
};
