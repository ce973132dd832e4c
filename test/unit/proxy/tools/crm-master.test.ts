import { describe, expect, it } from 'vitest';
import { crmMaster } from '../../../../src/proxy/tools/crm-master.ts';
import type { ToolResult } from '../../../../src/proxy/tools/tool.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeCluster } from '../../../helpers/fake-cluster.ts';
import { FakeRelay } from '../../../helpers/fake-relay.ts';

const ENV = { OCF_RESOURCE_INSTANCE: 'web', OCF_RESKEY_CRM_meta_on_node: 'node-1' };

async function run(args: readonly string[], env: Readonly<Record<string, string>> = ENV) {
  const cluster = new FakeCluster();
  cluster.attributes.set('master-web', new Map());
  const clock = new FakeClock();
  const call = { name: 'crm_master', args, env, pid: 7, user: 'root' };
  const context = { relay: new FakeRelay(cluster), clock, signal: new AbortController().signal };
  const result: ToolResult = await crmMaster(call, context);
  return {
    ...result,
    updates: cluster.requests.filter(({ server }) => server === 'attrd').map(({ text }) => text),
  };
}

// All as the real script of 2.1.5 answered.
describe('crm_master', () => {
  it.each([
    [['-l', 'reboot', '-v', '5'], 'attr_value="5" attr_host="node-1"'],
    [['--li', 'reboot', '--up=5'], 'attr_value="5" attr_host="node-1"'],
    [['-lreboot', '-qv5'], 'attr_value="5" attr_host="node-1"'],
    [['extra', '-l', 'reboot', 'words', '-v', '5', '--', '-D'], 'attr_value="5" attr_host="node-1"'],
    [['-N', 'node-2', '-l', 'reboot', '--attr-value', '9'], 'attr_value="9" attr_host="node-2"'],
    // It forgets which words belong together.
    [['-l', 'reboot', '-v', '5 -N node-2'], 'attr_value="5" attr_host="node-2"'],
  ])('%j sets the score', async (args, sent) => {
    const { exitCode, updates } = await run(args);
    expect(exitCode).toBe(0);
    expect(updates).toHaveLength(1);
    expect(updates[0]).toContain(`attr_name="master-web" task="update" ${sent}`);
  });

  it('takes another resource', async () => {
    expect((await run(['-r', 'db:1', '-l', 'reboot', '-D'])).updates[0]).toContain('attr_name="master-db:1"');
  });

  it.each([
    [['-x', '-y', '-v'], "invalid option -- 'x'|invalid option -- 'y'|option requires an argument -- 'v'"],
    [['-h'], "invalid option -- 'h'"],
    [['--nope'], "unrecognized option '--nope'"],
    [['--ver'], "option '--ver' is ambiguous; possibilities: '--version' '--verbose'"],
    [['--d'], "option '--d' is ambiguous; possibilities: '--delete' '--delete-attr'"],
    [['--l'], "option '--lifetime' requires an argument"],
    [['--query=x'], "option '--query' doesn't allow an argument"],
  ])('%j is wrong', async (args, problems) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      problems
        .split('|')
        .map((line) => `crm_master: ${line}\n`)
        .join(''),
    );
    expect(stdout).toMatch(/^\nUsage: crm_master <command> \[<options>\]\n/);
  });

  it('wants a resource', async () => {
    const { exitCode, stderr } = await run(['-v', '5'], {});
    expect([exitCode, stderr]).toEqual([1, 'error: No resource specified\n']);
  });

  it('passes on what crm_attribute does not take', async () => {
    const uname = await run(['--uname', 'node-1', '-l', 'reboot']);
    expect([uname.exitCode, uname.stderr]).toEqual([64, 'crm_attribute: Unknown option --uname\n']);
    const empty = await run(['-l', 'reboot', '-v', '']);
    expect([empty.exitCode, empty.stderr]).toEqual([64, 'crm_attribute: Missing argument for -v\n']);
  });

  it('has help and version', async () => {
    expect((await run(['--help'], {})).stdout).toMatch(/^crm_master - Query, update, or delete/);
    expect((await run(['--version'], {})).stdout).toMatch(/^Pacemaker 2\.1\.5\n/);
  });
});
