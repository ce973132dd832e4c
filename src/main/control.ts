import type { ControlSettings } from '../config/control-options.ts';
import type { ControlApi } from '../control/control-api.ts';
import { listenForControl } from '../control/control-socket.ts';
import type { Clock } from '../observe/clock.ts';

/** The ways by which the daemon can be asked about itself, beside port 3121. */
export interface ControlDoors {
  stop(): Promise<void>;
}

/** Opens them; where one can't be opened the daemon says so and goes on. HTTP is loaded only where it is asked for. */
export function openControl({ socket, http }: ControlSettings, api: ControlApi, clock: Clock): ControlDoors {
  const doors = [
    ...(socket === undefined ? [] : [listenForControl(socket, api, clock)]),
    ...(http === undefined
      ? []
      : [import('../control/http.ts').then(({ listenHttp }) => listenHttp(http, api))]),
  ];
  return {
    stop: async () => {
      for (const door of doors) {
        (await door).stop();
      }
    },
  };
}
