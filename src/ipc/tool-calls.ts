import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { messageOf } from '../errors/agent-error.ts';
import { descriptorOf } from '../native/libc.ts';
import { type PeerCredentials, peerCredentials } from '../native/peer-credentials.ts';
import type { Clock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { permissionOf } from './permission.ts';
import {
  BadToolRequest,
  encodeAnswer,
  encodeRefusal,
  type ToolRequest,
  ToolRequestReader,
} from './tool-frames.ts';
import type { ToolSocketOptions } from './tool-socket-options.ts';

/** So many calls are served at once; others wait for their turn, as the real tools do. */
const MAX_CALLS = 64;
/** So many wait; one more is told to come again. */
const MAX_WAITING = 256;
/** So long they wait. */
const TURN_MS = 5000;
/** A caller says within this time what it wants; it is a program of ours and takes a millisecond. */
const REQUEST_MS = 5000;
/** ... and reads the answer within this one: its output may be a slow pipe. */
const ANSWER_MS = 60_000;

/** The calls of small tools, each a connection of its own. */
export class ToolCalls {
  readonly #options: Pick<ToolSocketOptions, 'run' | 'clock'>;
  readonly #open = new Set<Socket>();
  /** How each that waits is served, in the order in which they came. */
  readonly #waiting = new Map<Socket, () => void>();

  constructor(options: Pick<ToolSocketOptions, 'run' | 'clock'>) {
    this.#options = options;
  }

  /** Takes a connection and serves it to its end. */
  receive(socket: Socket): void {
    if (socket.destroyed) {
      return;
    }
    const caller = credentialsOf(socket);
    if (caller === undefined || permissionOf(caller) === undefined) {
      const { pid, uid, gid } = caller ?? {};
      emit('tools.refused', { pid, uid, gid });
      this.#end(socket, encodeRefusal(constants.errno.EACCES));
      return;
    }
    if (this.#open.size < MAX_CALLS) {
      this.#serve(socket, caller);
    } else if (this.#waiting.size < MAX_WAITING) {
      this.#wait(socket, caller);
    } else {
      this.#end(socket, encodeRefusal(constants.errno.EAGAIN));
    }
  }

  /** Ends all calls: their callers are told that the daemon went away. */
  close(): void {
    for (const socket of [...this.#waiting.keys(), ...this.#open]) {
      socket.destroy();
    }
  }

  #wait(socket: Socket, caller: PeerCredentials): void {
    // Once for all that wait at the same time.
    if (this.#waiting.size === 0) {
      emit('tools.busy', { calls: MAX_CALLS });
    }
    const late = this.#options.clock.setTimer(TURN_MS, () => {
      leave();
      this.#end(socket, encodeRefusal(constants.errno.EAGAIN));
    });
    const leave = (): void => {
      late.cancel();
      socket.off('close', leave);
      this.#waiting.delete(socket);
    };
    socket.once('close', leave);
    this.#waiting.set(socket, () => {
      leave();
      this.#serve(socket, caller);
    });
  }

  #serve(socket: Socket, caller: PeerCredentials): void {
    this.#open.add(socket);
    const gone = new AbortController();
    socket.once('close', () => {
      this.#open.delete(socket);
      gone.abort();
      const [next] = this.#waiting.values();
      next?.();
    });
    readRequest(socket, this.#options.clock)
      .then((request) => this.#run(request, caller, gone.signal))
      .catch(refusalOf)
      .then((frame) => this.#end(socket, frame));
  }

  async #run(request: ToolRequest, caller: PeerCredentials, signal: AbortSignal): Promise<Buffer> {
    const startedMs = this.#options.clock.nowMs();
    const answer = await this.#options.run(request, caller, signal);
    const ms = Math.round(this.#options.clock.nowMs() - startedMs);
    emit('tools.called', { tool: request.name, pid: caller.pid, exitCode: answer.exitCode, ms });
    return encodeAnswer(answer);
  }

  #end(socket: Socket, frame: Buffer): void {
    if (socket.destroyed) {
      return;
    }
    const late = this.#options.clock.setTimer(ANSWER_MS, () => socket.destroy());
    socket.once('close', () => late.cancel());
    // What may come is of no interest any more, but a stream that isn't read never ends.
    socket.resume();
    socket.end(frame, () => socket.destroySoon());
  }
}

/**
 * All that the caller wants.
 * @throws BadToolRequest for what is none, or not there in time
 */
function readRequest(socket: Socket, clock: Clock): Promise<ToolRequest> {
  const { promise, resolve, reject } = Promise.withResolvers<ToolRequest>();
  const reader = new ToolRequestReader();
  const late = clock.setTimer(REQUEST_MS, () =>
    reject(new BadToolRequest(constants.errno.ETIMEDOUT, `Expected a request within ${REQUEST_MS} ms`)),
  );
  const take = (chunk: Buffer): void => {
    try {
      const request = reader.push(chunk);
      if (request !== undefined) {
        resolve(request);
      }
    } catch (error) {
      reject(error);
    }
  };
  socket.on('data', take);
  socket.once('close', () =>
    reject(new BadToolRequest(constants.errno.ENOTCONN, 'Expected a whole request, the caller left')),
  );
  return promise.finally(() => {
    late.cancel();
    socket.off('data', take);
  });
}

function refusalOf(error: unknown): Buffer {
  if (error instanceof BadToolRequest) {
    emit('tools.invalid', { reason: error.message });
    return encodeRefusal(error.errno);
  }
  emit('tools.failed', { error: messageOf(error) });
  return encodeRefusal(constants.errno.EIO);
}

function credentialsOf(socket: Socket): PeerCredentials | undefined {
  const descriptor = descriptorOf(socket);
  return descriptor === undefined ? undefined : peerCredentials(descriptor);
}
