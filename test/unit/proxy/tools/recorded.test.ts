import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { runTool } from '../../../../src/proxy/tools/run-tool.ts';
import type { ToolResult } from '../../../../src/proxy/tools/tool.ts';
import { stateOf } from '../../../cluster/cib-state.ts';
import { expectedOfOurs } from '../../../cluster/tools-on-purpose.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { DEFAULT_CIB } from '../../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster } from '../../../helpers/fake-cluster.ts';
import { FakeRelay } from '../../../helpers/fake-relay.ts';

/** A call of a real tool of 2.1.5 in a real cluster, and what came of it; see test/cluster/tools-cases.ts. */
interface Recorded extends ToolResult {
  readonly name: string;
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly state: readonly string[];
}

const RECORDED = new URL('../../../fixtures/tools/pacemaker-2.1.5.json', import.meta.url);
const TOOLS = ['crm_attribute', 'crm_master'];

/** Placeholders of the record, and who is who in the fake cluster. */
const NAMES: readonly (readonly [placeholder: string, name: string])[] = [
  ['@A@', 'attr-x7'],
  ['@NODE@', 'remote-1'],
  ['@OTHER@', 'other-1'],
  ['@LONG@', 'x'.repeat(5000)],
  ['node1', 'node-1'],
];

const put = (text: string): string =>
  NAMES.reduce((filled, [placeholder, name]) => filled.replaceAll(placeholder, name), text);

const CIB = DEFAULT_CIB.replace(
  '</status>',
  '<node_state id="other-1" uname="other-1" remote_node="true"/><tickets/></status>',
)
  .replace('</configuration>', '<rsc_defaults/><op_defaults/></configuration>')
  .replace(
    '</cluster_property_set>',
    '<nvpair id="cib-bootstrap-options-no-quorum-policy" name="no-quorum-policy" value="ignore"/></cluster_property_set>',
  );

let relay: FakeRelay;
const clock = new FakeClock();

function run([name = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const call = { name, args, env, pid: 7, user: 'root' };
  return runTool(call, { relay, clock, signal: new AbortController().signal });
}

afterEach(() => {
  expect(relay.sessions).toBe(0);
  expect(clock.waiting).toBe(0);
});

describe('ours and the real ones, call by call', () => {
  const all: Recorded[] = JSON.parse(readFileSync(RECORDED, 'utf8'));
  const cases = all.filter(({ command }) => TOOLS.includes(command[0] ?? ''));

  it.each(cases)('$name', async (recorded) => {
    const { exitCode, stdout, stderr, state } = expectedOfOurs(recorded.name, recorded);
    const cluster = new FakeCluster({ cib: CIB });
    relay = new FakeRelay(cluster);
    for (const earlier of recorded.before) {
      await run(earlier.map(put));
    }
    const env = Object.entries(recorded.env).map(([key, value]) => [key, put(value)] as const);
    expect(await run(recorded.command.map(put), Object.fromEntries(env))).toEqual({
      exitCode,
      stdout: put(stdout),
      stderr: put(stderr),
    });
    expect(stateOf(cluster.cib.text, put('@A@'))).toEqual(state.map(readable).map(put).sort());
  });
});

/** A quote that needs no entity stands for itself in the fake one's XML. */
const readable = (line: string): string => line.replaceAll('&apos;', "'");
