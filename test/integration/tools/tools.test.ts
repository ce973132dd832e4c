import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { DEFAULT_CIB, REMOTE_NODE } from '../../helpers/fake-cluster/default-cib.ts';
import { type Answer, acknowledge } from '../../helpers/fake-cluster/server.ts';
import { FakeCluster, type FakeRequest } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { MISSING, runTool, serve, startDaemonWithTools, watchTidiness } from './support.ts';

const UTF8 = { env: { LC_ALL: 'C.UTF-8' } };

class ConfirmingCluster extends FakeCluster {
  override async answer(request: FakeRequest): Promise<readonly Answer[]> {
    const answers = await super.answer(request);
    return request.server === 'crmd' && !request.isWaiting ? [acknowledge(), ...answers] : answers;
  }
}

describe.skipIf(MISSING !== undefined)(`Pacemaker's own tools (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it('show and change what the cluster has', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster();
    await using _provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    const run = async (...command: readonly string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await runTool(daemon, command, UTF8);
      return exitCode === 0 ? stdout : `${exitCode} ${stderr}`;
    };

    expect(await run('crm_node', '-n')).toBe(`${REMOTE_NODE}\n`);
    expect(await run('crm_node', '-l')).toBe('1 node-1 member\n2 node-2 member\n');
    // What a remote node has for an id, by the tools of 2.1.5.
    expect(await run('crm_node', '-i')).toBe('-1\n');
    expect(await run('crm_node', '-q')).toBe('1\n');

    expect(await run('attrd_updater', '-n', 'depth', '-Q')).toMatch(/^78 .*attribute does not exist/);
    expect(await run('attrd_updater', '-n', 'depth', '-U', '5')).toBe('');
    expect(await run('attrd_updater', '-n', 'depth', '-Q')).toBe(
      `name="depth" host="${REMOTE_NODE}" value="5"\n`,
    );
    expect(await run('crm_attribute', '-t', 'status', '-n', 'depth', '-G')).toBe(
      'scope=status  name=depth value=5\n',
    );
    expect(await run('attrd_updater', '-n', 'depth', '-D')).toBe('');
    expect(await run('crm_attribute', '-t', 'status', '-n', 'depth', '-G', '-d', '0', '-q')).toBe('0\n');

    expect(await run('crm_attribute', '-N', 'node-1', '-n', 'site', '-v', '<&> "x"')).toBe('');
    expect(await run('crm_attribute', '-N', 'node-1', '-n', 'site', '-G', '-q')).toBe('<&> "x"\n');
    expect(cluster.cib.text).toContain('value="&lt;&amp;&gt; &quot;x&quot;"');

    expect(await run('cibadmin', '-Q', '-o', 'nodes')).toMatch(/^<nodes>\n {2}<node id="1" uname="node-1">?/);
    expect(await run('crm_resource', '-L')).toContain('* web\t(ocf:pacemaker:Dummy):\t Started\n');
    expect(await run('crm_mon', '-1')).toContain(`* web\t(ocf:pacemaker:Dummy):\t Started ${REMOTE_NODE}\n`);
    await tidy();
  });

  it('work with a controller that confirms what wants no answer, as real ones do', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new ConfirmingCluster();
    await using _provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    const cases: readonly (readonly [line: string, exitCode: number, says: RegExp])[] = [
      ['crm_node -n', 0, /^remote-1\n$/],
      ['crm_node -p', 0, /^node-1 node-2 \n$/],
      ['crmadmin -N', 0, /^cluster node: node-1 \(1\)\n.*\nremote node: remote-1/],
      ['crmadmin -S node-1', 0, /in state S_IDLE: ok/],
      ['crmadmin -P', 1, /Remote I\/O error/],
      ['crm_resource -r web -W', 0, /^resource web is running on: remote-1/],
      ['crm_resource -r web --cleanup', 0, /^Cleaned up web on remote-1/],
      ['crm_resource -r web --refresh -N node-1', 0, /^Cleaned up web on node-1/],
      ['crm_resource -r web --ban -N node-1', 0, /cli-ban-web-on-node-1/],
      ['crm_resource -r web --clear', 0, /Removing constraint: cli-ban-web-on-node-1/],
      ['crm_resource -r web -p a -v 1', 0, /Set 'web' option/],
      ['stonith_admin -L', 0, /^0 fence devices found/],
      ['stonith_admin -H *', 0, /^0 events found/],
      ['crm_ticket -t T -g --force', 0, /^$/],
      ['crm_ticket -t T -q', 0, /<ticket_state id="T" granted="true"/],
      ['crm_standby -G', 0, /value=off/],
      ['crm_failcount -G -r web -N node-1', 0, /name=fail-count-web value=0/],
    ];
    for (const [line, exitCode, says] of cases) {
      const { stdout, stderr, ...end } = await runTool(daemon, line.split(' '), UTF8);
      expect({ line, ...end, output: stdout + stderr }).toMatchObject({
        exitCode,
        output: expect.stringMatching(says),
      });
    }
    await tidy();
  });

  it('are known to the cluster by the user who ran them', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster();
    await using _provider = await serve(daemon, cluster);
    const haclient = /^haclient:[^:]*:(\d+)/m.exec(readFileSync('/etc/group', 'utf8'))?.[1] ?? '';
    const users = [
      [],
      ['--reuid', 'hacluster', '--regid', 'haclient', '--clear-groups'],
      ['--reuid', 'daemon', '--regid', 'haclient', '--clear-groups'],
      ['--reuid', 'daemon', '--regid', 'daemon', '--groups', haclient],
      ['--reuid', '54321', '--regid', 'haclient', '--clear-groups'],
    ];
    for (const as of users) {
      const { exitCode } = await runTool(daemon, ['attrd_updater', '-n', 'a', '-U', '1'], {
        as: ['--inh-caps=-all', ...as],
      });
      expect(exitCode).toBe(0);
    }
    expect(cluster.requests.map(({ user }) => user)).toEqual([
      'root',
      'hacluster',
      'daemon',
      'daemon',
      '#unprivileged',
    ]);
  });

  it('leave a text as it was, in both directions', async () => {
    const odd =
      '<rule id="r"><!-- a & <b> --><expression id="e" value="&#233; é 東"/><x><![CDATA[ <&> ]]></x></rule>';
    const cib = DEFAULT_CIB.replace('<constraints/>', `<constraints>${odd}</constraints>`);
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster({ cib });
    await using _provider = await serve(daemon, cluster);
    const input = `<primitive id="p" class="ocf" type="t"><!-- c & d --><meta_attributes id="m"> <nvpair id="n" name="x" value="&quot;é 東"/></meta_attributes></primitive>`;
    const { exitCode, stderr } = await runTool(
      daemon,
      ['cibadmin', '--create', '-o', 'resources', '--xml-text', input],
      UTF8,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const sent = cluster.requests.find(({ text }) => text.includes('cib_create'))?.text ?? '';
    expect(sent).toContain('<!-- c & d -->');
    expect(sent).toContain('name="x" value="&quot;é 東"');
    const { stdout } = await runTool(daemon, ['cibadmin', '-Q', '-o', 'constraints'], UTF8);
    // The tool prints no texts between elements, but these it does.
    expect(stdout).toContain('<!-- a & <b> -->');
    expect(stdout).toContain('<![CDATA[ <&> ]]>');
    expect(stdout).toContain('value="é é 東"');
  });

  it('show values in any script', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster();
    cluster.attributes.set('site', new Map([[REMOTE_NODE, 'Zürich <東> "&"']]));
    await using _provider = await serve(daemon, cluster);
    const { stdout } = await runTool(daemon, ['attrd_updater', '-n', 'site', '-Q'], UTF8);
    expect(stdout).toContain('Zürich <東> "&"');
  });
});
