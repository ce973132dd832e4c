import type { HangRecord } from '../../process/hang.ts';
import type { Hang } from '../model.ts';

/** As it is shown: without what `shown` takes out of texts. */
export function hangOf({ processes, isCut, lastLines }: HangRecord, shown: (text: string) => string): Hang {
  return {
    isCut,
    lastLines: lastLines.map(shown),
    processes: processes.map((one) => ({ ...one, command: shown(one.command) })),
  };
}
