import type { Socket } from 'node:net';
import type { ToolCalls } from './tool-calls.ts';
import type { ToolSocketOptions } from './tool-socket-options.ts';
import { UnixListener } from './unix-listener.ts';

/** Everybody may connect, as with the real tools; the kernel's word on who it is decides who gets in. */
const SOCKET_MODE = 0o777;
const DIRECTORY_MODE = 0o755;

/** Where `pcmk-tool` finds the daemon. */
export interface ToolSocket {
  /** Ends all calls and removes the socket. */
  stop(): void;
}

/** Listens for small tools. What serves calls is loaded with the first one. */
export async function listenForTools(options: ToolSocketOptions): Promise<ToolSocket> {
  let calls: Promise<ToolCalls> | undefined;
  const listener = new UnixListener({
    path: options.path,
    mode: SOCKET_MODE,
    directoryMode: DIRECTORY_MODE,
    clock: options.clock,
    events: { listening: 'tools.listening', failed: 'tools.no-socket' },
    onConnection: async (socket: Socket) => {
      calls ??= import('./tool-calls.ts').then(({ ToolCalls }) => new ToolCalls(options));
      (await calls).receive(socket);
    },
  });
  await listener.listen();
  return {
    stop: () => {
      calls?.then((open) => open.close());
      listener.stop();
    },
  };
}
