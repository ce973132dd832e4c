import { expect } from 'vitest';
import type { Check } from '../../../src/conformance/check.ts';
import { FakePlace } from './fake-place.ts';
import { type CarriedOut, type CarryOutOptions, carryOut } from './fake-trial.ts';
import { ImpatientClock } from './impatient-clock.ts';
import { type Faults, modelAgent } from './model-agent.ts';

/** The check of an id. */
export function checkOf(checks: readonly Check[], id: string): Check {
  const found = checks.find((check) => check.id === id);
  if (found === undefined) {
    throw new Error(`Expected a check ${id}, there are ${checks.map((check) => check.id).join(' ')}`);
  }
  return found;
}

/** Carries out a check with the model agent and these faults, in a place that shows a process for what runs, in no time. */
export function withFaults(
  check: Check,
  faults: Faults,
  { place = new FakePlace(), clock = new ImpatientClock(), ...options }: CarryOutOptions = {},
): Promise<CarriedOut> {
  return carryOut(check, modelAgent(faults, place), { place, clock, ...options });
}

/** What was expected of the agent and not seen, a line each; the verdict in place of it where that is not `failed`. */
export function failuresOf({ verdict, reason, findings }: CarriedOut): readonly string[] {
  return verdict === 'failed'
    ? findings.map(({ expected, seen }) => `${expected}: ${seen}`)
    : [[verdict, reason].filter((text) => text !== undefined).join(': ')];
}

/** Judges that a good agent passes, and that nothing was wrong with the check itself. */
export async function expectPass(check: Check, options: CarryOutOptions = {}): Promise<CarriedOut> {
  const result = await withFaults(check, {}, options);
  expect(failuresOf(result)).toEqual(['passed']);
  return result;
}
