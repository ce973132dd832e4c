import type { IpcSettings } from '../config/ipc-options.ts';
import type { IpcServer } from '../ipc/ipc-server.ts';
import { compress, decompress } from '../native/bzip2.ts';
import type { Clock } from '../observe/clock.ts';
import type { Relay } from '../protocol/ipc-relay.ts';

/** The door for Pacemaker's own tools in here. */
export interface LocalTools {
  /** Ends their connections, and removes what was made for them. */
  stop(): Promise<void>;
}

/**
 * Lets local tools in, by way of whichever controller is connected. Begun when the daemon listens, because controllers
 * are what it is for; a daemon whose tools can't be served says so and goes on without them.
 * @param settings undefined: none are let in
 */
export function startLocalTools(settings: IpcSettings | undefined, clock: Clock, relay: Relay): LocalTools {
  const starting = settings === undefined ? undefined : start(settings, clock, relay);
  return {
    stop: async () => {
      await (await starting)?.stop();
    },
  };
}

async function start(settings: IpcSettings, clock: Clock, relay: Relay): Promise<IpcServer> {
  const [{ startIpcServer }, { localServices }] = await Promise.all([
    import('../ipc/ipc-server.ts'),
    import('../proxy/local-services.ts'),
  ]);
  return startIpcServer({ ...settings, clock, services: localServices({ relay, compress, decompress }) });
}
