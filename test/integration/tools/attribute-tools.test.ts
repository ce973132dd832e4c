import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readXml } from '../../../src/protocol/xml-read.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { stateOf } from '../../cluster/cib-state.ts';
import { CIB_FILE_CASES } from '../../fixtures/tools/cib-file.cases.ts';
import { readCase } from '../../fixtures/tools/shell-words.ts';
import { useAudit } from '../../helpers/audit.ts';
import { parseXml } from '../../helpers/fake-cluster/xml.ts';
import { FakeCluster, type FakeRequest } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import type { RunningDaemon } from '../daemon/support.ts';
import { AGENT_CALLS } from './agent-calls.cases.ts';
import { ATTRIBUTE_TOOL_CASES } from './attribute-tools.cases.ts';
import { MISSING, runTool, serve, startDaemonWithTools, watchTidiness } from './support.ts';

const OURS = join(import.meta.dirname, '../../../build/root/usr/lib/bundlet/tools');
const CIB = readFileSync(join(import.meta.dirname, '../../fixtures/tools/cib.xml'), 'utf8');

/** Of every call: what its caller sees, what the cluster was asked, and what is there afterwards. */
interface Effect {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly asked: readonly unknown[];
  readonly state: readonly string[];
}

/** Numbers of processes and moments, names of C functions, what the C library says twice; it counts a sign-on too. */
const NOISE = ['reference', 'crm_sys_from', 'client_uuid', 'origin', 'cib_async_id', '__name__'];

function withoutNoise({ name, attributes, children }: XmlElement): unknown {
  const isSignOn = attributes['cib_op'] === 'register';
  const kept = Object.entries(attributes).filter(
    ([key]) => !NOISE.includes(key) && !(isSignOn && key === 'cib_callid'),
  );
  return { name, attributes: Object.fromEntries(kept), children: children.map(withoutNoise) };
}

const asked = ({ server, text }: FakeRequest): unknown => ({
  server,
  message: withoutNoise(readXml(text).root),
});

async function play(
  daemon: RunningDaemon,
  cluster: FakeCluster,
  folder: string,
  line: string,
): Promise<Effect> {
  cluster.attributes.clear();
  cluster.attributes.set('t', new Map([['node-1', 'v']]));
  cluster.attributes.set('master-web', new Map([['node-1', '10']]));
  cluster.cib.replace({ section: undefined, isXPath: false }, parseXml(CIB));
  cluster.requests.length = 0;
  const { env, args } = readCase(line);
  const [name = '', ...words] = args;
  const socket = join(daemon.scratch, 'tools.sock');
  // The script calls crm_attribute by its name.
  const variables = {
    LC_ALL: 'C.UTF-8',
    PATH: `${folder}:/usr/bin:/bin`,
    BUNDLET_TOOLS_SOCKET: socket,
    ...env,
  };
  const { exitCode, stdout, stderr } = await runTool(daemon, [join(folder, name), ...words], {
    env: variables,
  });
  return {
    exitCode,
    stdout: stdout.replaceAll(`${folder}/`, ''),
    // Assertions of the C library are nobody's business.
    stderr: stderr.replace(/^\(log_assertion_as\).*\n/gm, ''),
    asked: cluster.requests.map(asked),
    state: stateOf(cluster.cib.text, '').filter((one) => !one.startsWith(': cib')),
  };
}

describe.skipIf(MISSING !== undefined)(
  `crm_attribute and crm_master beside Pacemaker's own (${MISSING ?? 'installed'})`,
  () => {
    useOwnNetwork();
    useAudit();

    it('do, ask and say the same', { timeout: 300_000 }, async () => {
      await using daemon = await startDaemonWithTools();
      const cluster = new FakeCluster({ cib: CIB });
      await using _provider = await serve(daemon, cluster);
      const tidy = await watchTidiness(daemon);
      const lines = CIB_FILE_CASES.map((line) => line.replace(/^((?:\w+=\S* )*)/, '$1crm_attribute '));
      const agents = AGENT_CALLS.filter((line) => / crm_(attribute|master) /.test(line));
      for (const line of [...lines, ...ATTRIBUTE_TOOL_CASES, ...agents]) {
        const real = await play(daemon, cluster, '/usr/sbin', line);
        expect(await play(daemon, cluster, OURS, line), line).toEqual(real);
      }
      await tidy();
    });

    it('say the same without a cluster', async () => {
      await using daemon = await startDaemonWithTools();
      const nobody = new FakeCluster();
      for (const line of [
        'crm_attribute',
        'crm_attribute -D',
        'crm_attribute -p',
        'crm_master -r web -l reboot -v 1',
      ]) {
        const real = await play(daemon, nobody, '/usr/sbin', line);
        expect(await play(daemon, nobody, OURS, line), line).toEqual(real);
      }
    });
  },
);
