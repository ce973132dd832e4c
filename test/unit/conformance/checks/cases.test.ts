import { describe, expect, it } from 'vitest';
import { checksFor, checksOf } from '../../../../src/conformance/catalog.ts';
import type { CheckedClass } from '../../../../src/conformance/check.ts';
import { checksOfCases } from '../../../../src/conformance/checks/cases.ts';
import type { AgentCase, AgentStep, Cases } from '../../../../src/conformance/subject.ts';
import { FakePlace } from '../../../helpers/conformance/fake-place.ts';
import {
  type CarryOutOptions,
  carryOut,
  failure,
  fakeSubject,
  type ScriptedAgent,
} from '../../../helpers/conformance/fake-trial.ts';

const INSTANCES = [
  { name: 'one', parameters: { state: '/one', other: 'x' } },
  { name: 'two', parameters: { state: '/two' } },
];

const withCases = (cases: readonly AgentCase[]): Cases => ({ instances: INSTANCES, cases });

/** A resource that is stopped, and content with everything. */
const content: ScriptedAgent = ({ action, intervalMs }) => (action === 'monitor' && intervalMs === 0 ? 7 : 0);

/** Carries out a case of these steps; the probe that comes first is left out of the calls. */
async function play(steps: readonly AgentStep[], agent = content, options: CarryOutOptions = {}) {
  const cases = withCases([{ name: 'mine', steps }]);
  const [check] = checksOfCases(fakeSubject({ cases }));
  if (check === undefined) {
    throw new Error('Expected a check, got none');
  }
  const result = await carryOut(check, agent, { subject: { cases }, ...options });
  return { ...result, calls: result.calls.slice(1) };
}

const exit = (code: number, rest: object = {}) => ({ end: { kind: 'exited', code } as const, ...rest });

describe('cases of an author are checks', () => {
  const cases = withCases([
    { name: 'first', steps: [{ run: 'start' }] },
    { name: 'second', level: 'should', title: 'does it', steps: [{ sh: 'true' }] },
  ]);

  it('with ids of their own, behind all others of the class', async () => {
    const subject = fakeSubject({ cases });
    const all = await checksFor(subject);
    expect(all).toEqual([...(await checksOf('ocf')), ...all.slice(-2)]);
    expect(all.slice(-2)).toMatchObject([
      {
        id: 'CASE-first',
        class: 'ocf',
        level: 'must',
        title: 'the case first goes as its author says',
        needs: [],
      },
      { id: 'CASE-second', class: 'ocf', level: 'should', title: 'does it', needs: ['processes'] },
    ]);
  });

  it.each<CheckedClass>(['lsb', 'systemd', 'alert'])('of class %s, too', (checked) => {
    expect(checksOfCases(fakeSubject({ class: checked, cases })).map((check) => check.class)).toEqual([
      checked,
      checked,
    ]);
  });

  it('that an agent without any has none of', () => {
    expect(checksOfCases(fakeSubject())).toEqual([]);
  });
});

describe('a step that runs an action', () => {
  it('begins with a stopped resource', async () => {
    const { verdict, runs } = await play([{ run: 'start' }]);
    expect([verdict, runs.map(({ action }) => action)]).toEqual(['passed', ['monitor', 'start']]);
  });

  it('is skipped where that can not be', async () => {
    expect(await play([{ run: 'start' }], () => 1)).toMatchObject({ verdict: 'skipped' });
  });

  it('calls it as it says', async () => {
    const step = { run: 'monitor', parameters: { other: 'y' }, level: 10, intervalMs: 5000 };
    const { calls } = await play([step, { run: 'stop', instance: 1 }]);
    expect(calls).toMatchObject([
      {
        action: 'monitor',
        instance: { name: 'one', parameters: { state: '/one', other: 'y' } },
        intervalMs: 5000,
        options: { checkLevel: 10 },
      },
      { action: 'stop', instance: { name: 'two', parameters: { state: '/two' } } },
    ]);
  });

  it('wants 0, or what it says', async () => {
    const agent: ScriptedAgent = (call) => (call.action === 'start' ? failure(6, 'no') : content(call));
    expect((await play([{ run: 'start' }], agent)).findings).toEqual([
      { expected: 'start in step 1 to give 0', seen: '6 (not configured: no)', runs: [2] },
    ]);
    expect((await play([{ run: 'start', rc: [2, 6] }], agent)).verdict).toBe('passed');
  });

  it('wants a reason that matches', async () => {
    const agent: ScriptedAgent = (call) =>
      call.action === 'start' ? failure(6, 'port 0 is none') : content(call);
    expect((await play([{ run: 'start', rc: [6], matches: '^port \\d' }], agent)).verdict).toBe('passed');
    expect((await play([{ run: 'start', rc: [6], matches: 'disk' }], agent)).findings).toEqual([
      { expected: 'the reason of start in step 1 to match disk', seen: 'port 0 is none', runs: [2] },
    ]);
  });

  it('wants output that matches, where there is no reason', async () => {
    const agent: ScriptedAgent = (call) =>
      call.action === 'usage' ? exit(0, { stdout: 'usage: x\n' }) : content(call);
    expect((await play([{ run: 'usage', matches: '^usage' }], agent)).verdict).toBe('passed');
    expect((await play([{ run: 'start', matches: '.' }], agent)).findings).toEqual([
      { expected: 'the output of start in step 1 to match .', seen: 'nothing', runs: [2] },
    ]);
  });

  it('wants it in time', async () => {
    const agent: ScriptedAgent = (call) => (call.action === 'start' ? exit(0, { ms: 501 }) : content(call));
    expect((await play([{ run: 'start', withinMs: 501 }], agent)).verdict).toBe('passed');
    expect((await play([{ run: 'start', withinMs: 500 }], agent)).findings).toEqual([
      { expected: 'start in step 1 to end within 500 ms', seen: '501 ms', runs: [2] },
    ]);
  });

  it('is the last one if it goes wrong', async () => {
    const { calls, findings } = await play([
      { run: 'start', rc: [1] },
      { run: 'stop', rc: [1] },
    ]);
    expect([calls.length, findings.length]).toEqual([1, 1]);
  });
});

describe('a step that runs a command', () => {
  const placeThat = (code: number, output: string): FakePlace => {
    const place = new FakePlace();
    place.shell = () => ({ code, output });
    return place;
  };

  it('wants 0, or what it says', async () => {
    expect((await play([{ sh: 'a b' }], content, { place: placeThat(0, '') })).verdict).toBe('passed');
    expect((await play([{ sh: 'a', rc: [3] }], content, { place: placeThat(3, '') })).verdict).toBe('passed');
    const { findings } = await play([{ run: 'start' }, { sh: 'a "b"\nc' }], content, {
      place: placeThat(1, 'no\n'),
    });
    expect(findings).toEqual([
      {
        expected: '"a \\"b\\"" in step 2 to give 0',
        seen: expect.stringMatching(/^1 after \d+ ms: no$/),
        runs: [],
      },
    ]);
  });

  it('wants output that matches', async () => {
    const step = { sh: 'a', matches: '^yes$' };
    expect((await play([step], content, { place: placeThat(0, 'yes') })).verdict).toBe('passed');
    expect((await play([step], content, { place: placeThat(0, 'no') })).findings).toMatchObject([
      { expected: '"a" in step 1 to write what matches ^yes$', seen: 'no' },
    ]);
  });

  it('is skipped where nobody can run commands', async () => {
    expect(await play([{ sh: 'a' }], content, { place: new FakePlace([]) })).toMatchObject({
      verdict: 'skipped',
      reason: 'Needs to see the processes of the service',
    });
  });
});
