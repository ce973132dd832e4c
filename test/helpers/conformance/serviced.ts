import type { Call } from '../../../src/conformance/caller.ts';
import type { Check } from '../../../src/conformance/check.ts';
import type { SeenProcess } from '../../../src/conformance/place.ts';
import { FakePlace } from './fake-place.ts';
import {
  type Answer,
  type CarriedOut,
  type CarryOutOptions,
  carryOut,
  failure,
  type ScriptedAgent,
} from './fake-trial.ts';
import { ImpatientClock } from './impatient-clock.ts';

/** What a fault has at hand. */
export interface Serviced {
  readonly place: FakePlace;
  readonly call: Call;
  /** Processes of the instance that was called, that are there and no zombies. */
  readonly own: readonly SeenProcess[];
  /** Started and not stopped since, as a state file would have it. */
  readonly wasStarted: boolean;
  /** What the agent answers without the fault; it has done it then. */
  answer(): Answer;
}

/** Faults of an agent, by action; what gives undefined leaves the good answer. */
export type ServicedFaults = Readonly<Record<string, (serviced: Serviced) => Answer | undefined>>;

/**
 * An agent without a fault, but for those that are given, whose instances have a main process and a worker each, and nothing else that
 * tells how they are: a killed one has crashed.
 */
export function servicedAgent(place: FakePlace, faults: ServicedFaults = {}): ScriptedAgent {
  const started = new Set<string>();
  return (call) => {
    const command = `serviced --name ${call.instance.name}`;
    const own = place.seen.filter((each) => each.command.startsWith(command) && each.state !== 'Z');
    const wasStarted = started.has(command);
    const answer = (): Answer => {
      switch (call.action) {
        case 'start':
          started.add(command);
          if (own.length === 0) {
            const { pid } = place.appear(`${command} main`);
            place.appear(`${command} worker`, { parent: pid, group: pid });
          }
          return 0;
        case 'stop':
          started.delete(command);
          place.seen = place.seen.filter((each) => !own.includes(each));
          return 0;
        case 'monitor':
          return monitor(own);
        default:
          return 0;
      }
    };
    return faults[call.action]?.({ place, call, own, wasStarted, answer }) ?? answer();
  };
}

function monitor(own: readonly SeenProcess[]): Answer {
  if (own.length === 0) {
    return failure(7, 'Expected its processes, got none');
  }
  const isWhole = own.length === 2 && own.every(({ state }) => state === 'S');
  return isWhole ? 0 : failure(1, 'Expected two processes at work');
}

/** Carries out a check with such an agent, in a place in which processes behave, and where waiting takes no time. */
export function carryOutServiced(
  check: Check,
  faults: ServicedFaults = {},
  options: CarryOutOptions = {},
): Promise<CarriedOut> {
  const { place = livelyPlace({ reaps: check.init !== 'none' }) } = options;
  const { clock = new ImpatientClock() } = options;
  return carryOut(check, servicedAgent(place, faults), { ...options, clock, place });
}

/** An action that is killed at its timeout. */
export const HUNG: Answer = { end: { kind: 'timed-out', limitMs: 20_000 } };

/** The check with that id. */
export function checkNamed(checks: readonly Check[], id: string): Check {
  const found = checks.find((each) => each.id === id);
  if (found === undefined) {
    throw new Error(`Expected a check ${id}, there is none`);
  }
  return found;
}

/** A place in which SIGSTOP freezes and SIGCONT thaws, and where zombies stay if nobody reaps them. */
export function livelyPlace({ reaps = true }: { readonly reaps?: boolean } = {}): FakePlace {
  const place = new FakePlace();
  const states: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
    SIGSTOP: 'T',
    SIGCONT: 'S',
    ...(reaps ? {} : { SIGKILL: 'Z' }),
  };
  const { onSignal } = place;
  place.onSignal = (processes, signal) => {
    const state = states[signal];
    if (state === undefined) {
      onSignal(processes, signal);
      return;
    }
    const pids = new Set(processes.map(({ pid }) => pid));
    place.seen = place.seen.map((each) => (pids.has(each.pid) ? { ...each, state } : each));
  };
  return place;
}
