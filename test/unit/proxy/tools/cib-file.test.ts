import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { crmAttribute } from '../../../../src/proxy/tools/crm-attribute.ts';
import { stateOf } from '../../../cluster/cib-state.ts';
import { readCase } from '../../../fixtures/tools/shell-words.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeCluster } from '../../../helpers/fake-cluster.ts';
import { FakeRelay } from '../../../helpers/fake-relay.ts';

/** What the real crm_attribute 2.1.5 made of a configuration in a file; see test/fixtures/tools/record-cib-file.ts. */
interface Recorded {
  readonly line: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Elements, with where they are, that went away and that came. */
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/tools/${name}`, import.meta.url), 'utf8');

const CIB = fixture('cib.xml');
const RECORDED: readonly Recorded[] = JSON.parse(fixture('cib-file-2.1.5.json'));

const clock = new FakeClock();
let relay: FakeRelay;

afterEach(() => {
  expect(relay.sessions).toBe(0);
  expect(clock.waiting).toBe(0);
});

const elementsOf = (cib: string): string[] => stateOf(cib, '').filter((line) => !line.startsWith(': cib'));

describe('crm_attribute on the same configuration as the real one', () => {
  it.each(RECORDED)('$line', async ({ line, exitCode, stdout, stderr, gone, come }) => {
    const cluster = new FakeCluster({ cib: CIB });
    relay = new FakeRelay(cluster);
    const before = elementsOf(cluster.cib.text);
    const call = { name: 'crm_attribute', ...readCase(line), pid: 7, user: 'root' };
    const result = await crmAttribute(call, { relay, clock, signal: new AbortController().signal });
    expect(result).toEqual({ exitCode, stdout, stderr });
    const after = elementsOf(cluster.cib.text);
    expect(before.filter((one) => !after.includes(one))).toEqual(gone);
    expect(after.filter((one) => !before.includes(one))).toEqual(come);
  });
});
