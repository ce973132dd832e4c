import type { Call } from '../../../src/conformance/caller.ts';
import type { SeenProcess } from '../../../src/conformance/place.ts';
import type { FakePlace } from './fake-place.ts';
import { type Answer, failure, type ScriptedAgent } from './fake-trial.ts';

export type Role = 'stopped' | 'started' | 'promoted';

/** What a fault sees of the good agent behind it. */
export interface Model {
  /** State of the instance that was called. */
  role: Role;
  /** What the good agent answers; it has done it then. */
  answer(): Answer;
}

/** Faults of an agent, by action; what gives undefined leaves the good answer. */
export type Faults = Readonly<Record<string, (model: Model, call: Call) => Answer | undefined>>;

/** The codes of a monitor. */
const MONITOR = { stopped: 7, started: 0, promoted: 8 } as const;

/**
 * An agent without a fault that keeps the state of each instance in memory, and knows every action, but for the faults it is given.
 * In a place its instances have a process each.
 */
export function modelAgent(faults: Faults = {}, place?: FakePlace): ScriptedAgent {
  const roles = new Map<string, Role>();
  return (call) => {
    const name = call.instance.name;
    // What has no process any more has crashed.
    const roleNow = (): Role =>
      place === undefined || processOf(place, name) !== undefined
        ? (roles.get(name) ?? 'stopped')
        : 'stopped';
    const before = roleNow();
    const become = (role: Role): void => {
      roles.set(name, role);
      if (place !== undefined) {
        follow(place, name, role);
      }
    };
    const model: Model = {
      get role() {
        return roleNow();
      },
      set role(role) {
        become(role);
      },
      answer: () => goodAnswer(call, before, become),
    };
    return faults[call.action]?.(model, call) ?? model.answer();
  };
}

const processOf = (place: FakePlace, name: string): SeenProcess | undefined =>
  place.seen.find(({ command }) => command === `serviced ${name}`);

function follow(place: FakePlace, name: string, role: Role): void {
  const process = processOf(place, name);
  if (role === 'stopped') {
    place.seen = place.seen.filter((each) => each !== process);
  } else if (process === undefined) {
    place.appear(`serviced ${name}`);
  }
}

function goodAnswer({ action, options }: Call, before: Role, become: (role: Role) => void): Answer {
  const to = (role: Role): Answer => {
    become(role);
    return 0;
  };
  const whileRunning = (role: Role): Answer =>
    before === 'stopped' ? failure(7, 'Expected it to run, it is stopped') : to(role);
  switch (action) {
    case 'monitor':
      return MONITOR[before];
    case 'start':
    case 'demote':
      return action === 'start' ? to('started') : whileRunning('started');
    case 'promote':
      return whileRunning('promoted');
    case 'stop':
      return to('stopped');
    case 'migrate_to':
      return options.meta?.['migrate_target'] === undefined
        ? failure(2, 'Expected a target')
        : whileRunning('stopped');
    case 'migrate_from':
      return options.meta?.['migrate_source'] === undefined ? failure(2, 'Expected a source') : to('started');
    case 'reload-agent':
    case 'reload':
      return whileRunning(before);
    case 'meta-data':
      return { stdout: '<resource-agent name="fake"/>' };
    case 'usage':
    case 'help':
      return { stdout: 'usage: fake {start|stop|monitor}\n' };
    case 'validate-all':
    case 'notify':
      return 0;
    default:
      return failure(3, `Expected an action, got ${action}`);
  }
}
