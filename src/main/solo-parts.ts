import type { Environment } from '../config/environment.ts';
import type { DaemonOptions } from '../config/options.ts';
import type { SoloStatus } from '../control/model.ts';
import type { Clock } from '../observe/clock.ts';
import type { Hub } from '../session/hub.ts';

/** What solo mode needs of the daemon that it is in. */
export interface SoloParts {
  readonly options: DaemonOptions;
  readonly env: Environment;
  readonly clock: Clock;
  readonly hub: Hub;
  /** The container is to end; the text is why. */
  readonly onGaveUp: (reason: string) => void;
}

/** Solo mode as it runs in this daemon. */
export interface Solo {
  status(): SoloStatus;
}
