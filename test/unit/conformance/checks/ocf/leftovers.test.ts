import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEFTOVERS_CHECKS } from '../../../../../src/conformance/checks/ocf/leftovers.ts';
import type { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import {
  carryOutServiced,
  checkNamed,
  livelyPlace,
  type ServicedFaults,
} from '../../../../helpers/conformance/serviced.ts';

const KNOWS_PID = { start: ({ answer }) => ({ end: exited(answer()), pid: 5 }) } satisfies ServicedFaults;

function exited(answer: unknown) {
  return { kind: 'exited', code: typeof answer === 'number' ? answer : 1 } as const;
}

/** What is broken, and what is said about it. */
const CAUGHT: readonly (readonly [string, string, ServicedFaults, RegExp])[] = [
  [
    'LEFT-01',
    'stop ends the main process alone',
    {
      stop: ({ place, own }) => {
        place.seen = place.seen.filter((each) => each !== own[0]);
        return 0;
      },
    },
    /serviced --name fake worker/,
  ],
  [
    'LEFT-02',
    'each monitor leaves a process',
    {
      monitor: ({ place, answer }) => {
        place.appear('tail -f');
        return answer();
      },
    },
    /\(tail -f\).* and 15 more/,
  ],
  [
    'LEFT-03',
    'each monitor leaves a file',
    {
      monitor: ({ place, answer }) => {
        place.files.push({ path: `/tmp/tmp.${place.files.length}`, change: 'made', kind: 'file' });
        return answer();
      },
    },
    /\/tmp\/tmp\.0/,
  ],
  [
    'LEFT-04',
    'stop leaves a port open',
    {
      stop: ({ place, answer }) => {
        place.left = { ...place.left, listeners: ['tcp 0.0.0.0:80'] };
        return answer();
      },
    },
    /listening socket tcp 0\.0\.0\.0:80/,
  ],
  [
    'LEFT-05',
    'the service keeps the output of start',
    { start: ({ answer, call }) => ({ end: exited(answer()), heldMs: call.options.heldLimitMs ?? 1000 }) },
    /open 8000 ms after its end; there are 10\d \(serviced/,
  ],
  [
    'LEFT-06',
    'the service stays in the group of start',
    {
      start: ({ place, answer }) => {
        const end = exited(answer());
        place.seen = place.seen.map((each) => ({ ...each, group: 77 }));
        return { end, pid: 77 };
      },
    },
    /in that of start: 10\d \(serviced/,
  ],
];

describe('checks of what is left', () => {
  it.each(LEFTOVERS_CHECKS)('$id finds nothing wrong with a good agent', async (check) => {
    const { verdict, findings } = await carryOutServiced(check, KNOWS_PID);
    expect({ verdict, findings }).toEqual({ verdict: 'passed', findings: [] });
  });

  it.each(CAUGHT)('%s: %s', async (id, _, faults, seen) => {
    const { verdict, findings } = await carryOutServiced(checkNamed(LEFTOVERS_CHECKS, id), faults);
    expect(verdict).toBe('failed');
    expect(findings.map((finding) => finding.seen).join('\n')).toMatch(seen);
  });

  it('LEFT-02 leaves the workers of the service alone', async () => {
    const faults: ServicedFaults = {
      monitor: ({ place, own, answer }) => {
        const given = answer();
        const [main] = own;
        if (main !== undefined) {
          place.appear('a worker by another name', { parent: main.pid });
        }
        return given;
      },
    };
    expect((await carryOutServiced(checkNamed(LEFTOVERS_CHECKS, 'LEFT-02'), faults)).verdict).toBe('passed');
  });

  it('LEFT-03 only notes single files, which may be those of the service', async () => {
    const faults: ServicedFaults = {
      monitor: ({ place, answer }) => {
        place.files = [{ path: '/var/lib/fake/cache', change: 'made', kind: 'file' }];
        return answer();
      },
    };
    const { verdict, notes } = await carryOutServiced(checkNamed(LEFTOVERS_CHECKS, 'LEFT-03'), faults);
    expect({ verdict, notes }).toEqual({
      verdict: 'passed',
      notes: ['New files after 20 monitors, of them or of the service, 1: /var/lib/fake/cache'],
    });
  });

  it('LEFT-04 finds a PID file that stop has left', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bundlet left-'));
    try {
      const path = join(directory, 'fake.pid');
      writeFileSync(path, '4711\n');
      const place: FakePlace = livelyPlace();
      place.files = [{ path, change: 'made', kind: 'file' }];
      const { findings } = await carryOutServiced(checkNamed(LEFTOVERS_CHECKS, 'LEFT-04'), {}, { place });
      expect(findings.map(({ seen }) => seen)).toEqual([path]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('LEFT-05 leaves alone a service that closes it late', async () => {
    const faults: ServicedFaults = {
      start: ({ answer, call }) => ({
        ...{ end: exited(answer()), heldMs: Math.min(1500, call.options.heldLimitMs ?? 1000) },
      }),
    };
    expect((await carryOutServiced(checkNamed(LEFTOVERS_CHECKS, 'LEFT-05'), faults)).verdict).toBe('passed');
  });
});
