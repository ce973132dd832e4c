import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INSTALLATION_CHECKS } from '../../../../../src/conformance/checks/ocf/installation.ts';
import { failure } from '../../../../helpers/conformance/fake-trial.ts';
import {
  carryOutServiced,
  checkNamed,
  HUNG,
  livelyPlace,
  type Serviced,
  type ServicedFaults,
} from '../../../../helpers/conformance/serviced.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet installation-'));
  writeFileSync(join(directory, 'agent'), '#!/bin/sh\n# curl is a word here\nawk 1 /dev/null || perl -e 1\n');
  writeFileSync(join(directory, 'fakeserviced'), '');
  chmodSync(join(directory, 'fakeserviced'), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

function isHidden({ place }: Serviced): boolean {
  const last = place.done.findLast((line) => line === 'restore' || line.startsWith('hide '));
  return last?.startsWith('hide ') === true;
}

const isForeign = ({ call }: Serviced): boolean => call.options.user !== undefined;
const missing = (reason: string) => failure(5, `Expected ${reason} to be installed`);

const GOOD: ServicedFaults = {
  start: (serviced) => {
    if (isForeign(serviced)) {
      return failure(4, 'Expected root');
    }
    return isHidden(serviced) ? missing('fakeserviced, awk, mawk, gawk and perl') : undefined;
  },
  'validate-all': (serviced) => (isHidden(serviced) ? missing('fakeserviced') : undefined),
};

function carryOut(id: string, faults: ServicedFaults = {}) {
  const subject = {
    path: join(directory, 'agent'),
    interpreter: '/bin/sh',
    cases: { instances: [{ name: 'fake', parameters: {} }], programs: ['fakeserviced'] },
  };
  const place = livelyPlace();
  return carryOutServiced(checkNamed(INSTALLATION_CHECKS, id), { ...GOOD, ...faults }, { subject, place });
}

/** What is broken, and what is said about it. */
const CAUGHT: readonly (readonly [string, string, ServicedFaults, RegExp])[] = [
  [
    'INST-01',
    'a probe fails',
    { monitor: (serviced) => (isHidden(serviced) ? 1 : undefined) },
    /1 \(error\)/,
  ],
  [
    'INST-02',
    'start gives 1',
    { start: (serviced) => (isHidden(serviced) ? failure(1) : undefined) },
    /1 \(error/,
  ],
  ['INST-02', 'validate-all looks at nothing', { 'validate-all': () => 0 }, /0 \(ok\)/],
  [
    'INST-03',
    'stop fails',
    { stop: (serviced) => (isHidden(serviced) ? 5 : undefined) },
    /5 \(not installed\)/,
  ],
  [
    'INST-03',
    'a monitor says that it runs',
    { monitor: (serviced) => (isHidden(serviced) ? 0 : undefined) },
    /0 \(ok\)/,
  ],
  ['INST-04', 'start says nothing', { start: (serviced) => (isForeign(serviced) ? 1 : undefined) }, /none/],
  [
    'INST-04',
    'start hangs',
    { start: (serviced) => (isForeign(serviced) ? HUNG : undefined) },
    /no end within/,
  ],
  [
    'INST-05',
    'start gives 1',
    { start: (serviced) => (isHidden(serviced) ? failure(1) : undefined) },
    /1 \(error/,
  ],
  [
    'INST-05',
    'start does not name what is missing',
    { start: (serviced) => (isHidden(serviced) ? missing('a tool') : undefined) },
    /Expected a tool to be installed/,
  ],
  [
    'INST-06',
    'stop needs the program',
    { stop: (serviced) => (isHidden(serviced) ? 5 : undefined) },
    /5 \(not installed\)/,
  ],
];

describe('checks of what is not installed', () => {
  it.each(INSTALLATION_CHECKS)('$id finds nothing wrong with a good agent', async ({ id }) => {
    const { verdict, findings, reason } = await carryOut(id);
    expect({ verdict, findings, reason }).toEqual({ verdict: 'passed', findings: [], reason: undefined });
  });

  it.each(CAUGHT)('%s: %s', async (id, _, faults, seen) => {
    const { verdict, findings } = await carryOut(id, faults);
    expect(verdict).toBe('failed');
    expect(findings.map((finding) => finding.seen).join('\n')).toMatch(seen);
  });

  it('hides the program beside the agent that the cases name', async () => {
    const place = livelyPlace();
    const subject = {
      path: join(directory, 'agent'),
      cases: { instances: [{ name: 'fake', parameters: {} }], programs: ['fakeserviced'] },
    };
    await carryOutServiced(checkNamed(INSTALLATION_CHECKS, 'INST-01'), GOOD, { subject, place });
    expect(place.done).toContain(`hide ${join(directory, 'fakeserviced')}`);
  });

  it('does not take an agent for the service that has its name', async () => {
    const place = livelyPlace();
    const subject = {
      path: join(directory, 'tee'),
      cases: { instances: [{ name: 'fake', parameters: {} }], programs: ['tee'] },
    };
    writeFileSync(subject.path, '#!/bin/sh\n', { mode: 0o755 });
    await carryOutServiced(checkNamed(INSTALLATION_CHECKS, 'INST-01'), GOOD, { subject, place });
    expect(place.done).toContainEqual(expect.stringMatching(/^hide \/(usr\/)?bin\/\w+$/));
  });

  it.each([
    ['are nowhere', { programs: ['no-such-program'] }, /None of its "programs" in the cases is here/],
    ['can not be told from what runs', {}, /Which program it is can not be told/],
  ])('is skipped if its programs %s', async (_, more, reason) => {
    const cases = { instances: [{ name: 'fake', parameters: {} }], ...more };
    const place = livelyPlace();
    // Numbers that no process of this machine can have: its programs are looked for in /proc.
    const appear = place.appear.bind(place);
    place.appear = (command, changes) => appear(command, { pid: 5_000_000 + place.seen.length, ...changes });
    const result = await carryOutServiced(
      checkNamed(INSTALLATION_CHECKS, 'INST-01'),
      {},
      { subject: { cases } },
    );
    expect(result.verdict).toBe('skipped');
    expect(result.reason).toMatch(reason);
  });

  it('INST-05 tries the tools that the agent calls, and not words of comments', async () => {
    const { notes } = await carryOut('INST-05');
    expect(notes).toEqual(['Tried without awk, perl']);
  });
});
