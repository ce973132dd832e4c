import type { UnixListenerOptions } from '../ipc/unix-listener.ts';
import { UnixListener } from '../ipc/unix-listener.ts';
import type { Clock } from '../observe/clock.ts';
import type { ControlApi } from './control-api.ts';
import type { ControlServer } from './control-server.ts';

const SOCKET_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const EVENTS: UnixListenerOptions['events'] = { listening: 'control.listening', failed: 'control.no-socket' };

/** Where the command `bundlet` finds the daemon. */
export interface ControlSocket {
  stop(): void;
}

/** Listens for those who ask. What answers them is loaded with the first one. */
export async function listenForControl(path: string, api: ControlApi, clock: Clock): Promise<ControlSocket> {
  let loading: Promise<ControlServer> | undefined;
  const listener = new UnixListener({
    path,
    clock,
    mode: SOCKET_MODE,
    directoryMode: DIRECTORY_MODE,
    events: EVENTS,
    onConnection: async (socket) => {
      loading ??= import('./control-server.ts').then(({ ControlServer }) => new ControlServer(api, clock));
      (await loading).receive(socket);
    },
  });
  await listener.listen();
  return {
    stop: () => {
      loading?.then((server) => server.close());
      listener.stop();
    },
  };
}
