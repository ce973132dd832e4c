import { describe, expect, test } from 'vitest';
import { ACTIONS_CHECKS } from '../../../../../src/conformance/checks/ocf/actions.ts';
import type { Cases } from '../../../../../src/conformance/subject.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import {
  advertising,
  type CarryOutOptions,
  FAKE_METADATA,
  failure,
} from '../../../../helpers/conformance/fake-trial.ts';
import { ImpatientClock } from '../../../../helpers/conformance/impatient-clock.ts';
import type { Faults } from '../../../../helpers/conformance/model-agent.ts';
import { checkOf, expectPass, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

const instances: Cases['instances'] = [{ name: 'fake', parameters: { state: '/run/fake' } }];
/** So that no check is skipped. */
const subject = {
  cases: { instances, reload: { parameter: 'state', value: '/run/other', shows: 'true' } },
} as const;

describe('an agent without a fault passes', () => {
  for (const check of ACTIONS_CHECKS) {
    test(`${check.id} ${check.title}`, async () => {
      await expectPass(check, { subject });
    });
  }
});

test('they have all numbers from 1 on, once', () => {
  const ids = ACTIONS_CHECKS.map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, index) => `ACT-${String(index + 1).padStart(2, '0')}`));
});

/** [id, what is wrong, faults of the agent, part of what is said of it]. */
const faulty: readonly (readonly [string, string, Faults, string])[] = [
  ['ACT-01', 'monitor-always-0', { monitor: () => 0 }, 'monitor of a stopped resource to give 7: 0 (ok)'],
  [
    'ACT-01',
    'monitor-stopped-1',
    { monitor: ({ role }) => (role === 'stopped' ? 1 : 0) },
    'to give 7: 1 (error)',
  ],
  [
    'ACT-01',
    'monitor-starts-it',
    {
      monitor: (model) => {
        model.role = 'started';
        return 0;
      },
    },
    'to give 7: 0 (ok)',
  ],
  [
    'ACT-01',
    'monitor-starts-it in secret',
    {
      monitor: (model) => {
        model.role = 'started';
        return 7;
      },
    },
    'monitor to leave no process behind of a stopped resource: 101 (serviced fake)',
  ],
  [
    'ACT-03',
    'stop-not-idempotent',
    { stop: ({ role }) => (role === 'stopped' ? failure(1) : undefined) },
    'stop of a stopped resource to give 0: 1',
  ],
  [
    'ACT-03',
    'stop-when-stopped-7',
    { stop: ({ role }) => (role === 'stopped' ? 7 : undefined) },
    'stop of what was never started to give 0: 7',
  ],
  ['ACT-04', 'a start that fails', { start: () => failure(1) }, 'start of a stopped resource to give 0: 1'],
  ['ACT-04', 'start-returns-early', { start: () => 0 }, 'monitor right after start to give one of 0, 190: 7'],
  [
    'ACT-04',
    'a start that promotes',
    {
      start: (model) => {
        model.role = 'promoted';
        return 0;
      },
    },
    'monitor right after start to give one of 0, 190: 8',
  ],
  [
    'ACT-05',
    'start-not-idempotent',
    { start: ({ role }) => (role === 'stopped' ? undefined : failure(1)) },
    'start of a running resource to give 0: 1',
  ],
  [
    'ACT-06',
    'every third monitor fails',
    everyThird(),
    'monitor number 4 of a running resource to give one of 0, 190: 1',
  ],
  ['ACT-07', 'a stop that does nothing', { stop: () => 0 }, 'monitor right after stop to give 7: 0'],
  [
    'ACT-07',
    'a stop that fails',
    { stop: ({ role }) => (role === 'stopped' ? 0 : failure(1)) },
    'stop of a running resource to give 0: 1',
  ],
  ['ACT-08', 'a second start fails', onlyOnce(), 'start number 2 to give 0: 1'],
  [
    'ACT-10',
    'a code of a program',
    { stop: ({ role }) => (role === 'stopped' ? 127 : undefined) },
    'stop to give a code of the standard: 127',
  ],
  [
    'ACT-10',
    'an end by a signal',
    { start: () => ({ end: { kind: 'signalled', signal: 'SIGSEGV' } }) },
    'start to give a code of the standard: its end by SIGSEGV',
  ],
  [
    'ACT-11',
    'no-exit-reason',
    { promote: ({ role }) => (role === 'stopped' ? 1 : undefined) },
    'a reason why promote fails: 1 (error) without one',
  ],
  [
    'ACT-11',
    'an empty reason',
    { demote: ({ role }) => (role === 'stopped' ? failure(5, '') : undefined) },
    'a reason why demote fails: 5 (not installed) without one',
  ],
  [
    'ACT-11',
    'a reason in red',
    { promote: ({ role }) => (role === 'stopped' ? failure(1, '\u001b[31mno') : undefined) },
    'a reason without colours from promote',
  ],
  [
    'ACT-11',
    'a reason of success',
    { stop: () => failure(0, 'stopped well') },
    'no exit reason of a stop that gives 0: "stopped well"',
  ],
  [
    'ACT-12',
    'stdout-noise',
    { monitor: (model) => ({ ...good(model.answer()), stdout: 'all is well\n' }) },
    'nothing on standard output of monitor: "all is well"',
  ],
  [
    'ACT-13',
    'a program that is missing',
    { stop: () => ({ stderr: '/agent: 12: pidof: not found\n' }) },
    'no error of the program in stop: "/agent: 12: pidof: not found"',
  ],
  [
    'ACT-13',
    'a comparison of nothing',
    { stop: () => ({ stderr: 'INFO x\n/agent: 3: [: =: unexpected operator\n' }) },
    '"/agent: 3: [: =: unexpected operator"',
  ],
  [
    'ACT-13',
    'an exception',
    { stop: () => ({ stderr: 'Traceback (most recent call last):\n  File "a"\n' }) },
    '"Traceback (most recent call last):"',
  ],
  [
    'ACT-14',
    'neither usage nor help',
    { usage: () => failure(3), help: () => failure(3) },
    'usage or help to give 0: 3 (unimplemented: Expected something else) and 3',
  ],
  [
    'ACT-15',
    'a reload that starts',
    {
      'reload-agent': (model) => {
        model.role = 'started';
        return 0;
      },
    },
    'an error from reload-agent of a stopped resource: 0 (ok)',
  ],
  [
    'ACT-15',
    'a reload that restarts',
    {
      'reload-agent': (model) => {
        if (model.role === 'stopped') {
          return undefined;
        }
        model.role = 'stopped';
        model.role = 'started';
        return 0;
      },
    },
    'reload-agent to keep the main process: an end of 101 (serviced fake)',
  ],
  [
    'ACT-16',
    'a reload that fails',
    { 'reload-agent': () => failure(1) },
    'reload-agent with another state to give 0: 1',
  ],
  [
    'ACT-02',
    'unknown-action-0',
    { frobnicate: () => 0 },
    'frobnicate (unknown) of a stopped resource to give 3: 0',
  ],
  ['ACT-02', 'unknown-action-1', { frobnicate: () => failure(1) }, 'to give 3: 1'],
  [
    'ACT-17',
    'parameters before the action',
    { frobnicate: (_, { instance }) => ('state' in instance.parameters ? undefined : failure(6)) },
    'frobnicate (unknown) without parameters to give 3: 6',
  ],
];

describe('what is wrong is seen', () => {
  for (const [id, title, faults, part] of faulty) {
    test(`${id}: ${title}`, async () => {
      const result = await withFaults(checkOf(ACTIONS_CHECKS, id), faults, { subject });
      expect(failuresOf(result).join('\n')).toContain(part);
      expect(result.findings.every(({ runs }) => runs.length > 0)).toBe(true);
    });
  }

  test('ACT-05: a second start that brings up a second service', async () => {
    const place = new FakePlace();
    const start: Faults['start'] = ({ role }) => {
      if (role !== 'stopped') {
        place.appear('serviced again');
      }
      return undefined;
    };
    const result = await withFaults(checkOf(ACTIONS_CHECKS, 'ACT-05'), { start }, { place });
    expect(failuresOf(result)).toEqual([
      'a second start to start nothing: 102 (serviced again) beside the first',
    ]);
  });

  test('ACT-05: a second start that restarts; not the end of what helped the first', async () => {
    const check = checkOf(ACTIONS_CHECKS, 'ACT-05');
    const place = new FakePlace();
    const restarts: Faults['start'] = (model) => {
      if (model.role === 'started') {
        model.role = 'stopped';
      }
      return undefined;
    };
    expect(failuresOf(await withFaults(check, { start: restarts }, { place }))).toEqual([
      'a second start to leave its processes as they are: an end of 101 (serviced fake)',
    ]);
    const helped = new FakePlace();
    const clock = new ImpatientClock();
    const withHelper: Faults['start'] = () => {
      const helper = helped.appear('send_arp');
      clock.setTimer(100, () => {
        helped.seen = helped.seen.filter((process) => process !== helper);
      });
      return undefined;
    };
    expect(failuresOf(await withFaults(check, { start: withHelper }, { place: helped, clock }))).toEqual([
      'passed',
    ]);
  });

  test('ACT-09: a stop that needs the service alive', async () => {
    const place = new FakePlace();
    let hasStarted = false;
    const start: Faults['start'] = () => {
      hasStarted = true;
      return undefined;
    };
    const stop: Faults['stop'] = () => (hasStarted && place.seen.length === 0 ? failure(1) : undefined);
    const result = await withFaults(checkOf(ACTIONS_CHECKS, 'ACT-09'), { start, stop }, { place });
    expect(failuresOf(result)[0]).toBe(
      'stop of a crashed service to give 0: 1 (error: Expected something else)',
    );
  });

  test('ACT-04 and ACT-16 believe what the author of the agent calls working', async () => {
    const place = new FakePlace();
    place.shell = () => ({ code: 1, output: 'no answer\n' });
    const options: CarryOutOptions = { place, subject: { cases: { ...subject.cases, works: 'ask it' } } };
    expect(failuresOf(await withFaults(checkOf(ACTIONS_CHECKS, 'ACT-04'), {}, options))).toEqual([
      '"works" of the cases to succeed right after start: 1: no answer',
    ]);
    expect(failuresOf(await withFaults(checkOf(ACTIONS_CHECKS, 'ACT-16'), {}, options))).toEqual([
      '"reload.shows" of the cases to succeed after reload-agent: 1: no answer',
    ]);
  });

  test('ACT-14: a status that is advertised and does not answer as monitor', async () => {
    const metadata = { ...FAKE_METADATA, actions: [...FAKE_METADATA.actions, { name: 'status' }] };
    const result = await withFaults(checkOf(ACTIONS_CHECKS, 'ACT-14'), {}, { subject: { metadata } });
    expect(failuresOf(result)).toEqual([
      'status of a stopped resource to give 7, as monitor does: 3 (unimplemented: Expected an action, got status)',
      'status of a running resource to give 0, as monitor does: 3 (unimplemented: Expected an action, got status)',
    ]);
  });
});

describe('what can not be told is skipped', () => {
  test('a state that can not be reached', async () => {
    const result = await withFaults(checkOf(ACTIONS_CHECKS, 'ACT-07'), { start: () => failure(1) });
    expect(failuresOf(result)[0]).toMatch(/^skipped: It can't be brought to started/);
  });

  test('what is not advertised, and what the cases do not tell', async () => {
    const bare = { metadata: advertising(), cases: { instances: [{ name: 'fake', parameters: {} }] } };
    for (const id of ['ACT-15', 'ACT-16', 'ACT-17']) {
      const result = await withFaults(checkOf(ACTIONS_CHECKS, id), {}, { subject: bare });
      expect([id, result.verdict]).toEqual([id, 'skipped']);
    }
  });

  test('where processes can not be seen ACT-01, 05 and 11 look at what can be', async () => {
    for (const id of ['ACT-01', 'ACT-05', 'ACT-11']) {
      await expectPass(checkOf(ACTIONS_CHECKS, id), { place: new FakePlace([]) });
    }
  });
});

test('ACT-11 brings failures about by parameters and missing programs', async () => {
  const place = new FakePlace();
  const [state] = FAKE_METADATA.parameters;
  if (state === undefined) {
    throw new Error('Expected a parameter');
  }
  const metadata = {
    ...FAKE_METADATA,
    parameters: [
      { ...state, isRequired: true },
      { ...state, name: 'port', type: 'integer' },
    ],
  };
  const result = await withFaults(
    checkOf(ACTIONS_CHECKS, 'ACT-11'),
    {},
    {
      place,
      subject: { metadata, cases: { instances, programs: ['/usr/sbin/serviced'] } },
    },
  );
  const starts = result.calls
    .filter(({ action }) => action === 'start')
    .map(({ instance }) => instance.parameters);
  expect(starts).toContainEqual({});
  expect(starts).toContainEqual({ state: '/run/fake', port: 'abc' });
  expect(place.done.slice(0, 2)).toEqual(['hide /usr/sbin/serviced', 'restore']);
});

function good(answer: unknown): object {
  return typeof answer === 'number' ? { end: { kind: 'exited', code: answer } } : (answer as object);
}

function everyThird(): Faults {
  let count = 0;
  return {
    monitor: () => {
      count += 1;
      return count % 3 === 0 ? failure(1) : undefined;
    },
  };
}

function onlyOnce(): Faults {
  let count = 0;
  return {
    start: () => {
      count += 1;
      return count > 1 ? failure(1) : undefined;
    },
  };
}
