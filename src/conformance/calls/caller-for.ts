import type { Caller } from '../caller.ts';
import type { CheckedClass } from '../check.ts';
import type { Subject } from '../subject.ts';
import { MeteredCaller } from './metered-caller.ts';

/** What a caller needs of the place where it calls. */
export interface CallingPlace {
  /** What agents inherit there. */
  readonly base: Readonly<Record<string, string>>;
  /** Whether new processes can be counted: nobody else makes some there. */
  readonly isAlone: boolean;
  /** Whether programs can be run as other users. */
  readonly hasUsers: boolean;
  /** Folder of the fake cluster tools, if agents have them. */
  readonly tools?: string;
}

/** Makes the caller of an agent's class, on this machine. */
export async function callerFor(subject: Subject, place: CallingPlace): Promise<Caller> {
  if (subject.class === 'systemd') {
    // What a unit costs is systemd's matter: nothing of it is a child of this process.
    const [{ UnitCaller }, { systemUnits }] = await Promise.all([
      import('./unit-caller.ts'),
      import('./system-units.ts'),
    ]);
    return new UnitCaller(systemUnits().runner, subject);
  }
  return new MeteredCaller(await CALLERS[subject.class](subject, place), place.isAlone);
}

type MakeCaller = (subject: Subject, place: CallingPlace) => Promise<Caller>;

const OCF_ROOT = '/usr/lib/ocf';

const CALLERS: Readonly<Record<Exclude<CheckedClass, 'systemd'>, MakeCaller>> = {
  ocf: async (subject, { base, tools }) => {
    const { OcfCaller } = await import('./ocf-caller.ts');
    const caller = new OcfCaller(subject, base, process.env['OCF_ROOT'] ?? OCF_ROOT);
    if (tools === undefined) {
      return caller;
    }
    const { RememberingCaller } = await import('../tools/remembering-caller.ts');
    return new RememberingCaller(caller, subject, tools);
  },
  lsb: async (subject, { base }) => {
    const { LsbCaller } = await import('./lsb-caller.ts');
    return new LsbCaller(subject, base);
  },
  alert: async (subject, { base, hasUsers }) => {
    const { AlertCaller } = await import('./alert-caller.ts');
    return new AlertCaller(subject, base, hasUsers);
  },
};
