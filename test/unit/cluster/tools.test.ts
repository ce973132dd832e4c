import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../../cluster/cib-state.ts';
import { normalise } from '../../cluster/tools-alike.ts';
import { TOOL_CASES } from '../../cluster/tools-cases.ts';
import { differences, mustBeAlike } from '../../cluster/tools-compare.ts';
import type { ToolOutcome } from '../../cluster/tools-player.ts';

const outcome = (more: Partial<ToolOutcome> = {}): ToolOutcome => ({
  exitCode: 0,
  stdout: 'one\ntwo\n',
  stderr: '',
  state: [],
  ...more,
});
const CASE = { name: 'a case', command: ['tool'], before: [], env: {} };
const compare = (got: Partial<ToolOutcome>, more = {}): string[] =>
  differences([{ ...CASE, ...more }], [outcome()], [outcome(got)]);

describe('the state of the cluster under a name', () => {
  const CIB = `<cib><configuration><nodes>
    <node id="1" uname="node1"><instance_attributes id="nodes-1"><nvpair id="nodes-1-x1" name="x1" value="a &lt; b"/></instance_attributes></node>
    <node id="2" uname="node2"/></nodes><crm_config/></configuration></cib>`;

  it('is each element with the name, and where it is', () => {
    expect(stateOf(CIB, 'x1')).toEqual([
      'cib/configuration/nodes/node(node1)/instance_attributes: nvpair id="nodes-1-x1" name="x1" value="a &lt; b"',
    ]);
    expect(stateOf(CIB, 'x2')).toEqual([]);
  });
});

describe('the differences of two outcomes', () => {
  it.each([
    ['an exit code', { exitCode: 1 }, ['- exit code 0', '+ exit code 1']],
    ['a line', { stdout: 'one\n2\n' }, ['- stdout: two', '+ stdout: 2']],
    ['an error', { stderr: 'no' }, ['- stderr: ', '+ stderr: no']],
    ['a state', { state: ['nvpair'] }, ['+ state: nvpair']],
  ])('tell %s', (_what, got, expected) => {
    expect(compare(got)).toEqual([`a case: tool\n${expected.map((line) => `  ${line}`).join('\n')}`]);
  });

  it('are none between equals, and an order is one unless it is an accident', () => {
    expect(compare({})).toEqual([]);
    expect(compare({ stdout: 'two\none\n' })).toHaveLength(1);
    expect(compare({ stdout: 'two\none\n' }, { anyOrder: true })).toEqual([]);
    expect(compare({ stdout: 'other' }, { onlyExitCode: true })).toEqual([]);
    expect(compare({ exitCode: 1 }, { onlyExitCode: true })).toHaveLength(1);
  });

  it('are thrown with their number', () => {
    expect(() => mustBeAlike([], 3)).not.toThrow();
    expect(() => mustBeAlike(['a case'], 3)).toThrow(
      'the same of 3 calls (-: expected, +: got), 1 differ\na case',
    );
  });
});

it('answers of two bundles are compared without their names, times and counters', () => {
  const answer = (bundle: string, time: string, epoch: number): ToolOutcome =>
    outcome({
      stdout: `${bundle}-0 of ${bundle} @NODE@ ${time} epoch="${epoch}"\n<nvpair name="c0x001"/>\n`,
    });
  const bundles = ['red', 'blue'];
  const one = normalise(answer('red', 'Sun Nov  2 18:06:54 2026', 1), bundles);
  expect(one).toEqual(normalise(answer('blue', '2026-11-22 18:06:54Z', 12), bundles));
  expect(one.stdout).toBe('bundle-0 of bundle bundle-0 TIME epoch=""\n');
});

it('every case has a name of its own, and was recorded as it is', () => {
  const file = `${import.meta.dirname}/../../fixtures/tools/pacemaker-2.1.5.json`;
  const recorded = (JSON.parse(readFileSync(file, 'utf8')) as typeof TOOL_CASES).map(({ name, command }) => [
    name,
    command,
  ]);
  const ours = TOOL_CASES.map(({ name, command }) => [name, command]);
  expect(Object.fromEntries(recorded)).toEqual(Object.fromEntries(ours));
  expect(new Set(TOOL_CASES.map(({ name }) => name)).size).toBe(TOOL_CASES.length);
});
