import { describe, expect, it } from 'vitest';
import { CRASH_CHECKS } from '../../../../../src/conformance/checks/ocf/failures/crashes.ts';
import { carryOut, fakeSubject } from '../../../../helpers/conformance/fake-trial.ts';
import {
  carryOutServiced,
  checkNamed,
  HUNG,
  livelyPlace,
  type ServicedFaults,
} from '../../../../helpers/conformance/serviced.ts';

const INSTANCES = fakeSubject().cases.instances;

/** What is broken, and what is said about it. */
const CAUGHT: readonly (readonly [string, string, ServicedFaults, RegExp])[] = [
  [
    'FAIL-01',
    'monitor goes by what start has written',
    { monitor: ({ wasStarted }) => (wasStarted ? 0 : undefined) },
    /0 \(ok\)/,
  ],
  [
    'FAIL-01',
    'monitor hangs after a crash',
    { monitor: ({ own, wasStarted }) => (own.length === 0 && wasStarted ? HUNG : undefined) },
    /no end within 20000 ms/,
  ],
  [
    'FAIL-01',
    'monitor takes a crash for a missing package',
    { monitor: ({ own, wasStarted }) => (own.length === 0 && wasStarted ? 5 : undefined) },
    /5 \(not installed\)/,
  ],
  [
    'FAIL-02',
    'start fails over what a crash has left',
    { start: ({ own, wasStarted }) => (own.length === 0 && wasStarted ? 1 : undefined) },
    /1 \(error\)/,
  ],
  [
    'FAIL-02',
    'stop leaves the worker of a main process that is gone',
    { stop: ({ own }) => (own.length === 1 ? 0 : undefined) },
    /serviced --name fake worker/,
  ],
  [
    'FAIL-02',
    'a probe calls it stopped while a worker lives, and start leaves that one',
    {
      monitor: ({ own }) => (own.length === 1 ? 7 : undefined),
      start: ({ own, place, call }) => {
        if (own.length === 1) {
          place.appear(`serviced --name ${call.instance.name} main`);
          return 0;
        }
        return undefined;
      },
    },
    /serviced --name fake worker/,
  ],
  [
    'FAIL-03',
    'monitor asks whether it is there alone',
    { monitor: ({ own }) => (own.length > 0 ? 0 : undefined) },
    /0 \(ok\)/,
  ],
  [
    'FAIL-03',
    'monitor hangs with the service',
    { monitor: ({ own }) => (own.some(({ state }) => state === 'T') ? HUNG : undefined) },
    /no end within/,
  ],
  [
    'FAIL-04',
    'monitor takes a zombie for alive',
    { monitor: ({ place }) => (place.seen.some(({ state }) => state === 'Z') ? 0 : undefined) },
    /0 \(ok\)/,
  ],
  [
    'FAIL-04',
    'stop waits for a zombie to vanish',
    { stop: ({ place }) => (place.seen.some(({ state }) => state === 'Z') ? 1 : undefined) },
    /1 \(error\)/,
  ],
  [
    'FAIL-12',
    'stop asks a frozen service and believes that it goes',
    { stop: ({ own }) => (own.some(({ state }) => state === 'T') ? 0 : undefined) },
    /serviced/,
  ],
  [
    'FAIL-13',
    'stop fails over a missing process',
    { stop: ({ own }) => (own.length === 1 ? 1 : undefined) },
    /1 \(error\)/,
  ],
];

describe('checks of crashes', () => {
  it.each(CRASH_CHECKS)('$id finds nothing wrong with a good agent', async (check) => {
    const { verdict, findings } = await carryOutServiced(check);
    expect({ verdict, findings }).toEqual({ verdict: 'passed', findings: [] });
  });

  it.each(CAUGHT)('%s: %s', async (id, _, faults, seen) => {
    const { verdict, findings, reason } = await carryOutServiced(checkNamed(CRASH_CHECKS, id), faults);
    expect({ verdict, reason }).toEqual({ verdict: 'failed', reason: undefined });
    expect(findings.map((finding) => finding.seen).join('\n')).toMatch(seen);
  });

  it.each(CRASH_CHECKS)('$id is skipped for an agent without processes', async (check) => {
    let isUp = false;
    const { verdict, reason } = await carryOut(check, ({ action }) => {
      isUp = action === 'start' || (isUp && action !== 'stop');
      return action === 'monitor' && !isUp ? 7 : 0;
    });
    expect(verdict).toBe('skipped');
    expect(reason).toMatch(/process/);
  });

  it('crashes a service without processes as the cases say', async () => {
    const place = livelyPlace();
    let isUp = false;
    place.shell = (command) => {
      isUp = isUp && command !== 'break-it';
      return { code: 0, output: '' };
    };
    const cases = { instances: INSTANCES, crash: 'break-it' };
    const result = await carryOut(
      checkNamed(CRASH_CHECKS, 'FAIL-01'),
      ({ action }) => {
        isUp = action === 'start' || (isUp && action !== 'stop');
        return action === 'monitor' && !isUp ? 7 : 0;
      },
      { place, subject: { cases } },
    );
    expect(result.verdict).toBe('passed');
    expect(place.done).toContain('sh break-it');
  });

  it('does not take helpers of a start for the service', async () => {
    const place = livelyPlace();
    let isUp = false;
    const { verdict, reason } = await carryOut(
      checkNamed(CRASH_CHECKS, 'FAIL-01'),
      ({ action }) => {
        isUp = action === 'start' || (isUp && action !== 'stop');
        if (action === 'start') {
          const helper = place.appear('send_arp');
          setTimeout(() => {
            place.seen = place.seen.filter((each) => each !== helper);
          }, 100);
        }
        return action === 'monitor' && !isUp ? 7 : 0;
      },
      { place },
    );
    expect({ verdict, reason }).toEqual({
      verdict: 'skipped',
      reason: 'Its processes end by themselves: they help its start, and are not the service',
    });
  });

  it('notes that monitor gives 0 when the main process alone is gone and others live', async () => {
    const faults: ServicedFaults = { monitor: ({ own }) => (own.length === 1 ? 0 : undefined) };
    const { verdict, notes } = await carryOutServiced(checkNamed(CRASH_CHECKS, 'FAIL-01'), faults);
    expect(verdict).toBe('passed');
    expect(notes).toEqual(['Monitor gives 0 after kill -9 of its main process alone: others of it live on']);
  });

  it('fails that where the cases know that it no longer works', async () => {
    const place = livelyPlace();
    place.shell = () => ({ code: place.seen.length === 2 ? 0 : 1, output: '' });
    const faults: ServicedFaults = { monitor: ({ own }) => (own.length === 1 ? 0 : undefined) };
    const cases = { instances: INSTANCES, works: 'ask-it' };
    const { verdict } = await carryOutServiced(checkNamed(CRASH_CHECKS, 'FAIL-01'), faults, {
      place,
      subject: { cases },
    });
    expect(verdict).toBe('failed');
  });
});
