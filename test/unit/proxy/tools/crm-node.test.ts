import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crmNode } from '../../../../src/proxy/tools/crm-node.ts';
import type { ToolResult } from '../../../../src/proxy/tools/tool.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { REMOTE_NODE } from '../../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster } from '../../../helpers/fake-cluster.ts';
import { FakeRelay } from '../../../helpers/fake-relay.ts';
import { until } from '../../../helpers/pid-namespace.ts';

let clock: FakeClock;
let cluster: FakeCluster;
let relay: FakeRelay;
let isSilent: boolean;

beforeEach(() => {
  clock = new FakeClock();
  isSilent = false;
  cluster = new FakeCluster({ override: () => (isSilent ? [] : undefined) });
  relay = new FakeRelay(cluster);
});

afterEach(() => {
  expect(relay.sessions).toBe(0);
  expect(clock.waiting).toBe(0);
});

function run(arg: string, env: Readonly<Record<string, string>> = {}): Promise<ToolResult> {
  const call = { name: 'crm_node', args: [arg], env, pid: 7, user: 'root' };
  return crmNode(call, { relay, clock, signal: new AbortController().signal });
}

/** Asks a cluster that says nothing, and goes on with what happens then. */
async function unanswered(arg: string, happens: () => void): Promise<ToolResult> {
  isSilent = true;
  const result = run(arg);
  await until(() => cluster.requests.length === 2 && clock.waiting === 1, 'greeting and question');
  happens();
  return result;
}

describe('crm_node', () => {
  it('asks nobody for its name where the cluster told the agent', async () => {
    relay.hasProvider = false;
    expect(await run('-n', { OCF_RESKEY_CRM_meta_on_node: 'node-2' })).toMatchObject({ stdout: 'node-2\n' });
  });

  it('asks the controller otherwise', async () => {
    expect(await run('-n')).toEqual({ exitCode: 0, stdout: `${REMOTE_NODE}\n`, stderr: '' });
  });

  it.each(['-n', '-l', '-p', '-i', '-q'])('%s waits 30 s for the controller, no longer', async (arg) => {
    let timers = 0;
    const result = await unanswered(arg, () => {
      clock.advance(29_999);
      timers = clock.waiting;
      clock.advance(1);
    });
    expect(timers).toBe(1);
    expect(result).toEqual({
      exitCode: 124,
      stdout: '',
      stderr: 'error: Bad reply from controller: Connection timed out\n',
    });
  });

  it('says that the controller left', async () => {
    const stderr = 'error: Lost connection to controller\n';
    expect(await unanswered('-l', () => relay.leave())).toEqual({ exitCode: 102, stdout: '', stderr });
  });

  it('says that there is none', async () => {
    relay.hasProvider = false;
    const stderr = 'error: Could not connect to controller: Remote I/O error\n';
    expect(await run('-l')).toEqual({ exitCode: 1, stdout: '', stderr });
  });
});
