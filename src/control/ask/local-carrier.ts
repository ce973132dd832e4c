import { connect } from 'node:net';
import { AgentError, messageOf } from '../../errors/agent-error.ts';
import { FrameCollector, frame } from '../frames.ts';
import type { Carrier, CarrierHandlers } from './carrier.ts';

/** Connects to the socket of a daemon of this machine. Rejects with AgentError DAEMON_UNREACHABLE, ABORTED. */
export function connectLocally(
  path: string,
  handlers: CarrierHandlers,
  signal: AbortSignal,
): Promise<Carrier> {
  const { promise, resolve, reject } = Promise.withResolvers<Carrier>();
  const socket = connect({ path });
  const frames = new FrameCollector();
  let problem = 'the daemon closed the connection; it lets in root and the user that it runs as';
  const onAbort = (): void => {
    problem = 'it took too long';
    socket.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('connect', () => {
    signal.removeEventListener('abort', onAbort);
    resolve({ send: (message) => socket.write(frame(message)), close: () => socket.destroy() });
  });
  socket.on('data', (chunk) => {
    try {
      for (const message of frames.push(chunk)) {
        handlers.onMessage(message);
      }
    } catch (error) {
      problem = messageOf(error);
      socket.destroy();
    }
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    problem = PROBLEMS[error.code ?? ''] ?? error.message;
  });
  socket.once('close', () => {
    const error = new AgentError('DAEMON_UNREACHABLE', `Expected a Bundlet daemon at ${path}, ${problem}`, {
      labels: ['retryable'],
    });
    reject(error);
    handlers.onClose(error);
  });
  return promise;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT:
    'there is no such socket: no daemon runs here, or its socket is elsewhere (BUNDLET_CONTROL_SOCKET, --socket)',
  ECONNREFUSED: 'nobody listens there: the daemon has ended',
  EACCES: 'this user may not: only root and the user of the daemon may',
};
