import type { CheckedClass } from './kinds.ts';

type Meanings = Readonly<Record<number, string>>;

/** [LSB 5.0, 22.2: status] */
const LSB_STATUS: Meanings = {
  0: 'running',
  1: 'dead, with a PID file',
  2: 'dead, with a lock file',
  3: 'not running',
  4: 'unknown',
};

/** [LSB 5.0, 22.2: all other actions] */
const LSB_ACTION: Meanings = {
  0: 'ok',
  1: 'error',
  2: 'invalid argument',
  3: 'unimplemented',
  4: 'insufficient privileges',
  5: 'not installed',
  6: 'not configured',
  7: 'not running',
};

const NONE = 'no code of the standard';

/** What a code means in agents that are not of class ocf; undefined for those of class ocf. */
export function meaningOf(checked: CheckedClass, action: string, code: number): string | undefined {
  switch (checked) {
    case 'lsb':
      return (action === 'status' ? LSB_STATUS : LSB_ACTION)[code] ?? NONE;
    case 'alert':
      // Nobody but the log is told of it [pcmk execd_alerts.c: alert_complete].
      return code === 0 ? 'ok' : 'a failure';
    // Of a unit our own runner tells, in the codes of class ocf.
    case 'systemd':
    case 'ocf':
      return undefined;
  }
}
