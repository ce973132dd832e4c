// Carries out a check, by the real trial, with an agent that is a function.
import type { Call, CallEnd, Caller } from '../../../src/conformance/caller.ts';
import type { Check } from '../../../src/conformance/check.ts';
import type { RunSettings } from '../../../src/conformance/job.ts';
import { perform } from '../../../src/conformance/perform.ts';
import type { CheckResult } from '../../../src/conformance/result.ts';
import type { Metadata, Subject } from '../../../src/conformance/subject.ts';
import { type Clock, systemClock } from '../../../src/observe/clock.ts';
import { FakePlace } from './fake-place.ts';

/** What a scripted agent answers: its exit code alone, or what is not as usual: it says nothing and takes a millisecond. */
export type Answer = number | Partial<CallEnd>;

/** An agent that is a function of how it is called. */
export type ScriptedAgent = (call: Call) => Answer | Promise<Answer>;

/** A failure with a reason, as a good agent answers it. */
export const failure = (code: number, reason = 'Expected something else'): Answer => ({
  end: { kind: 'exited', code },
  stderr: `ocf-exit-reason:${reason}\n`,
});

/** An agent that does everything, roles and migration too, with one parameter; as its metadata says it. */
export const FAKE_METADATA: Metadata = {
  name: 'fake',
  apiVersion: '1.1',
  agentVersion: '1.0',
  parameters: [
    {
      name: 'state',
      type: 'string',
      isRequired: false,
      isUnique: true,
      isReloadable: false,
      isPrivate: false,
      isDeprecated: false,
      replacedWith: [],
      options: [],
    },
  ],
  actions: [
    { name: 'start', timeoutMs: 20_000 },
    { name: 'stop', timeoutMs: 20_000 },
    { name: 'monitor', timeoutMs: 20_000, intervalMs: 10_000 },
    { name: 'promote', timeoutMs: 10_000 },
    { name: 'demote', timeoutMs: 10_000 },
    { name: 'notify', timeoutMs: 5000 },
    { name: 'migrate_to', timeoutMs: 20_000 },
    { name: 'migrate_from', timeoutMs: 20_000 },
    { name: 'reload-agent', timeoutMs: 10_000 },
    { name: 'meta-data', timeoutMs: 5000 },
    { name: 'validate-all', timeoutMs: 5000 },
  ],
};

/** The subject of a check: the fake agent with one instance, or what is said otherwise. */
export function fakeSubject(changes: Partial<Subject> = {}): Subject {
  return {
    class: 'ocf',
    name: 'ocf:test:fake',
    type: 'fake',
    provider: 'test',
    path: '/agents/fake',
    metadata: FAKE_METADATA,
    metadataText: '<resource-agent name="fake"/>',
    cases: { instances: [{ name: 'fake', parameters: {} }] },
    ...changes,
  };
}

/** The same agent that advertises only these actions, beside those that it must. */
export function advertising(...actions: readonly string[]): Metadata {
  const names = new Set(['start', 'stop', 'monitor', 'meta-data', 'validate-all', ...actions]);
  return { ...FAKE_METADATA, actions: FAKE_METADATA.actions.filter(({ name }) => names.has(name)) };
}

export interface CarryOutOptions {
  readonly subject?: Partial<Subject>;
  readonly place?: FakePlace;
  readonly settings?: Partial<RunSettings>;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** When the check is given up, in ms. Default: never. */
  readonly limitMs?: number;
}

/** What came of a check, and how the agent was called. */
export interface CarriedOut extends CheckResult {
  readonly calls: readonly Call[];
}

/** Carries out one check. */
export async function carryOut(
  check: Check,
  agent: ScriptedAgent,
  { subject, place = new FakePlace(), settings, clock = systemClock, limitMs }: CarryOutOptions = {},
): Promise<CarriedOut> {
  const calls: Call[] = [];
  const caller: Caller = {
    async call(call) {
      calls.push(call);
      const answer = await agent(call);
      const given = typeof answer === 'number' ? { end: { kind: 'exited', code: answer } as const } : answer;
      return { end: { kind: 'exited', code: 0 }, stdout: '', stderr: '', ms: 1, heldMs: 0, ...given };
    },
  };
  const signal = limitMs === undefined ? new AbortController().signal : AbortSignal.timeout(limitMs);
  const parts = {
    subject: fakeSubject(subject),
    settings: { seed: 1, timeoutFactor: 1, live: false, command: 'bundlet conformance fake', ...settings },
    place,
    caller,
    clock,
    onRun: () => undefined,
  };
  return { ...(await perform(check, parts, signal)), calls };
}
