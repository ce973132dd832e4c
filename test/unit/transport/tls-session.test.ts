import { describe, expect, it } from 'vitest';
import type { SessionFailure } from '../../../src/native/secure-session.ts';
import { channelOf } from '../../../src/observe/events.ts';
import type { SecureConnection } from '../../../src/transport/secure-connection.ts';
import { OUTPUT_CAP_BYTES, TlsSession } from '../../../src/transport/tls-session.ts';
import { LINGER_MS } from '../../../src/transport/tls-socket.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeSession, FakeSocket } from './fakes.ts';

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const failure = (kind: SessionFailure['kind']): SessionFailure => ({
  kind,
  code: -1,
  message: `it was ${kind}`,
});

interface Rig {
  readonly socket: FakeSocket;
  readonly tls: FakeSession;
  readonly clock: FakeClock;
  readonly session: TlsSession;
  readonly log: string[];
}

/** A session on fakes; `log` holds what its server and its owner are told. */
function rig(onOpen: (connection: SecureConnection, log: string[]) => void = own, openThrows = false): Rig {
  const socket = new FakeSocket();
  const tls = new FakeSession();
  const clock = new FakeClock();
  const log: string[] = [];
  const session = new TlsSession({
    socket: socket.asSocket(),
    peer: 'peer:1',
    clock,
    handshakeTimeoutMs: 10_000,
    open: () => {
      if (openThrows) {
        throw new Error('out of memory');
      }
      return tls;
    },
    hooks: {
      opened: (connection) => {
        log.push(`opened ${connection.description}`);
        onOpen(connection, log);
      },
      refused: ({ word, message }) => log.push(`refused ${word}: ${message}`),
      closed: ({ word, clean }) => log.push(`closed ${word} ${clean}`),
    },
  });
  socket.take();
  return { socket, tls, clock, session, log };
}

function own(connection: SecureConnection, log: string[]): void {
  connection.onData = (chunk) => log.push(`data ${chunk}`);
  connection.onClose = (reason, clean) => log.push(`onClose ${reason} ${clean}`);
}

function opened(onOpen?: (connection: SecureConnection, log: string[]) => void): Rig {
  const made = rig(onOpen);
  made.tls.shakes.push('done');
  made.socket.emit('data', Buffer.from('hello'));
  return made;
}

describe('a TLS session in its handshake', () => {
  it('makes the costly session at the first byte only', () => {
    const { socket, tls, session } = rig();
    expect(session.spoke).toBe(false);
    socket.emit('data', Buffer.from('a'));
    expect(session.spoke).toBe(true);
    expect(tls.fed).toBe('a');
  });

  it.each([
    { spoke: false, text: 'refused timeout: The peer sent nothing within 10 s' },
    { spoke: true, text: 'refused timeout: The peer did not finish the TLS handshake within 10 s' },
  ])('is cut at the time-out without an alert; spoke: $spoke', ({ spoke, text }) => {
    const { socket, clock, log } = rig();
    if (spoke) {
      socket.emit('data', Buffer.from('a'));
    }
    clock.advance(9999);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual([text]);
    expect(socket.take()).toEqual(['destroy']);
  });

  it('alerts the peer that it refuses', () => {
    const { socket, tls, log, clock } = rig();
    tls.shakes.push(failure('key'));
    socket.emit('data', Buffer.from('x'));
    socket.emit('data', Buffer.from('too late'));
    expect(log).toEqual(['refused key: it was key']);
    expect(socket.take()).toEqual(['cork', 'write alert for key', 'uncork', 'destroySoon']);
    expect(tls.fed).toBe('x');
    expect(clock.waiting).toBe(0);
  });

  it('does not answer an alert with an alert', () => {
    const { socket, tls, log } = rig();
    tls.shakes.push(failure('alert'));
    socket.emit('data', Buffer.from('x'));
    expect(log).toEqual(['refused tls: it was alert']);
    expect(socket.take()).toEqual(['destroySoon']);
  });

  it.each([
    {
      what: 'FIN before a word',
      act: ({ socket }: Rig) => socket.emit('end'),
      word: 'probe: The peer left without',
    },
    {
      what: 'socket error',
      act: ({ socket }: Rig) => socket.emit('error', new Error('E')),
      word: 'probe: The peer left without',
    },
    {
      what: 'the socket just gone',
      act: ({ socket }: Rig) => socket.emit('close'),
      word: 'tls: The socket was closed',
    },
    { what: 'closed by the server', act: ({ session }: Rig) => session.close('stop'), word: 'closed: stop' },
  ])('is refused once: $what', ({ act, word }) => {
    const made = rig();
    act(made);
    made.socket.emit('end');
    made.socket.emit('error', new Error('late'));
    made.socket.emit('close');
    made.clock.advance(60_000);
    expect(made.log).toEqual([expect.stringContaining(`refused ${word}`)]);
    expect(made.clock.waiting).toBe(0);
  });

  it('refuses a peer when no session can be made', () => {
    const { socket, log } = rig(own, true);
    socket.emit('data', Buffer.from('x'));
    expect(log).toEqual(['refused tls: out of memory']);
    expect(socket.take()).toEqual(['destroy']);
  });

  it('sends nothing for its owner', () => {
    const { session, socket } = rig();
    session.send(Buffer.from('h'), Buffer.from('p'));
    expect(socket.take()).toEqual([]);
  });
});

describe('an open TLS session', () => {
  it('goes on reading at once: the first request often comes with the end of the handshake', () => {
    const made = rig();
    made.tls.shakes.push('done');
    made.tls.reads.push(Buffer.from('first'), Buffer.from('second'));
    made.socket.emit('data', Buffer.from('x'));
    expect(made.log).toEqual(['opened fake TLS', 'data first', 'data second']);
    expect(made.clock.waiting).toBe(0);
  });

  it('sends header and payload as records of their own in one go', () => {
    const { session, socket } = opened();
    session.send(Buffer.from('header'), Buffer.from('payload'));
    expect(socket.take()).toEqual(['cork', 'write header', 'write payload', 'uncork']);
  });

  it('says goodbye, drains, and cuts after a second; its owner is told once and later', async () => {
    const { session, socket, tls, clock, log } = opened();
    session.close('enough');
    session.close('again');
    session.send(Buffer.from('h'), Buffer.from('p'));
    expect(log).toEqual(['opened fake TLS', 'closed closed true']);
    await nextTick();
    expect(log.at(-1)).toBe('onClose enough true');
    expect(socket.take()).toEqual(['cork', 'write bye', 'uncork', 'end', 'resume']);
    clock.advance(LINGER_MS);
    expect(socket.take()).toEqual(['destroy']);
    expect(tls.frees).toBe(0);
    socket.emit('close');
    expect(tls.frees).toBe(1);
    await nextTick();
    expect(log).toHaveLength(3);
  });

  it('lets its owner close from inside onData, and then delivers nothing more', async () => {
    const { socket, tls, log } = opened((connection, notes) => {
      own(connection, notes);
      connection.onData = (chunk) => {
        notes.push(`data ${chunk}`);
        connection.close('from inside');
      };
    });
    tls.reads.push(Buffer.from('one'), Buffer.from('two'));
    socket.emit('data', Buffer.from('x'));
    await nextTick();
    expect(log).toEqual(['opened fake TLS', 'data one', 'closed closed true', 'onClose from inside true']);
  });

  it.each<{ read: 'end' | SessionFailure; closed: string; sent: string }>([
    { read: 'end', closed: 'closed left true', sent: 'write bye' },
    { read: failure('ended'), closed: 'closed tls false', sent: 'write bye' },
    { read: failure('tls'), closed: 'closed tls false', sent: 'write alert for tls' },
  ])('ends with the peer: $closed, $sent', ({ read, closed, sent }) => {
    const { socket, tls, log } = opened();
    tls.reads.push(read, Buffer.from('never read'));
    socket.emit('data', Buffer.from('x'));
    expect(log.at(-1)).toBe(closed);
    expect(socket.take()).toEqual(['cork', sent, 'uncork', 'end', 'resume']);
  });

  it.each([
    {
      what: 'onData',
      onOpen: (connection: SecureConnection): void => {
        connection.onData = crash;
      },
    },
    { what: 'the connection handler', onOpen: crash },
  ])('is closed when $what throws, and an event tells of it', ({ onOpen }) => {
    const heard: unknown[] = [];
    const hear = (fields: unknown): void => void heard.push(fields);
    channelOf('tls.handler-failed').subscribe(hear);
    const { socket, tls, log } = opened(onOpen);
    tls.reads.push(Buffer.from('x'));
    socket.emit('data', Buffer.from('x'));
    channelOf('tls.handler-failed').unsubscribe(hear);
    expect(heard).toEqual([{ peer: 'peer:1', error: 'our fault' }]);
    expect(log).toEqual(['opened fake TLS', 'closed fault false']);
  });

  it('reads nothing before onData is assigned, and tells a late owner of the end', async () => {
    let connection: SecureConnection | undefined;
    const { socket, tls, log } = opened((made) => {
      connection = made;
    });
    tls.reads.push(Buffer.from('kept'), 'end');
    expect(socket.take()).toEqual(['pause']);
    await nextTick();
    expect(log).toEqual(['opened fake TLS']);
    if (connection !== undefined) {
      own(connection, log);
    }
    await new Promise((resolve) => setImmediate(resolve));
    await nextTick();
    expect(log.slice(1)).toEqual(['data kept', 'closed left true', 'onClose The peer said goodbye true']);
  });

  it.each([
    { waiting: OUTPUT_CAP_BYTES, closed: false },
    { waiting: OUTPUT_CAP_BYTES + 1, closed: true },
  ])('bounds the output that waits: $waiting bytes, closed: $closed', ({ waiting, closed }) => {
    const { session, socket, log } = opened();
    socket.writableLength = waiting;
    expect(session.waitingBytes).toBe(waiting);
    session.send(Buffer.from('h'), Buffer.from('p'));
    expect(session.closed).toBe(closed);
    expect(socket.take().includes('destroy')).toBe(closed);
    expect(log.at(-1)).toBe(closed ? 'closed overflow false' : 'opened fake TLS');
  });

  it('ends when encryption fails', () => {
    const { session, tls, log } = opened();
    tls.writeFailure = failure('tls');
    session.send(Buffer.from('h'), Buffer.from('p'));
    expect(log.at(-1)).toBe('closed tls false');
  });
});

function crash(): never {
  throw new Error('our fault');
}
