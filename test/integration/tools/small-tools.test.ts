import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { REMOTE_NODE } from '../../helpers/fake-cluster/default-cib.ts';
import type { Answer } from '../../helpers/fake-cluster/server.ts';
import { FakeCluster, type FakeRequest } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import type { RunningDaemon } from '../daemon/support.ts';
import { LONELY_CASES, SMALL_TOOL_CASES, type SmallToolCase } from './small-tools.cases.ts';
import { MISSING, runTool, serve, startDaemonWithTools, watchTidiness } from './support.ts';

const OURS = join(import.meta.dirname, '../../../build/root/usr/lib/bundlet/tools');

/** Everything that a call does: what the caller sees, what the cluster was asked, and what is there afterwards. */
interface Effect {
  readonly call?: string;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly asked: readonly string[];
  readonly attributes: unknown;
}

/** Answers of the fake controller are events; the reference says to what. */
function answersOf({ cluster }: SmallToolCase, { text }: FakeRequest): readonly Answer[] | undefined {
  if (cluster === undefined || text.includes('crm_task="hello"')) {
    return undefined;
  }
  if ('response' in cluster) {
    return [{ as: 'response', text: cluster.response }];
  }
  const reference = /reference="([^"]*)"/.exec(text)?.[1] ?? '';
  const task = /crm_task="([^"]*)"/.exec(text)?.[1] ?? '';
  const head = `<create_reply_adv t="crmd" subt="response" reference="${reference}" crm_task="${task}">`;
  return [{ as: 'event', text: `${head}<crm_xml>${cluster.data}</crm_xml></create_reply_adv>` }];
}

/** Without what differs from call to call, or is nobody's business: processes, moments, names of C functions. */
const asked = ({ text }: FakeRequest): string =>
  text
    .replaceAll(/ (reference|crm_sys_from|client_uuid|origin)="[^"]*"/g, '')
    .replaceAll('&#9;', '    ')
    .replaceAll('&apos;', "'");

class Stage {
  readonly daemon: RunningDaemon;
  readonly cluster: FakeCluster;
  #now: SmallToolCase | undefined;

  constructor(daemon: RunningDaemon) {
    this.daemon = daemon;
    this.cluster = new FakeCluster({
      override: (request) => (this.#now === undefined ? undefined : answersOf(this.#now, request)),
    });
  }

  async play(folder: string, tool: SmallToolCase): Promise<Effect> {
    const { attributes, requests } = this.cluster;
    attributes.clear();
    attributes.set(
      'old',
      new Map([
        ['node-1', '1'],
        [REMOTE_NODE, '2'],
        ['node-2', undefined],
      ]),
    );
    attributes.set('odd', new Map([[REMOTE_NODE, '<é> "&\' \t\n']]));
    requests.length = 0;
    this.#now = tool;
    const [name = '', ...args] = tool.command;
    const socket = join(this.daemon.scratch, 'tools.sock');
    const env = { LC_ALL: 'C.UTF-8', BUNDLET_TOOLS_SOCKET: socket, ...tool.env };
    const { exitCode, stdout, stderr } = await runTool(this.daemon, [join(folder, name), ...args], { env });
    return {
      exitCode,
      stdout: stdout.replaceAll(`${folder}/`, ''),
      stderr,
      asked: requests.map(asked),
      attributes: structuredClone(attributes),
    };
  }
}

const nameOf = ({ command, env = {}, cluster }: SmallToolCase): string => {
  const parts = [...Object.values(env), ...command, cluster === undefined ? '' : JSON.stringify(cluster)];
  return parts.join(' ').slice(0, 200);
};

describe.skipIf(MISSING !== undefined)(
  `small tools beside Pacemaker's own (${MISSING ?? 'installed'})`,
  () => {
    useOwnNetwork();
    useAudit();

    it('do and say the same', { timeout: 120_000 }, async () => {
      await using daemon = await startDaemonWithTools();
      const stage = new Stage(daemon);
      await using _provider = await serve(daemon, stage.cluster);
      const tidy = await watchTidiness(daemon);
      const real: Effect[] = [];
      const ours: Effect[] = [];
      for (const tool of SMALL_TOOL_CASES) {
        const call = nameOf(tool);
        real.push({ call, ...(await stage.play('/usr/sbin', tool)) });
        ours.push({ call, ...(await stage.play(OURS, tool)) });
      }
      expect(ours).toEqual(real);
      await tidy();
    });

    it('say the same without a cluster', async () => {
      await using daemon = await startDaemonWithTools();
      const stage = new Stage(daemon);
      for (const tool of LONELY_CASES) {
        const real = await stage.play('/usr/sbin', tool);
        expect(await stage.play(OURS, tool), nameOf(tool)).toEqual(real);
      }
    });

    it('say the same when the cluster closes the session, or says nothing', { timeout: 60_000 }, async () => {
      await using daemon = await startDaemonWithTools();
      const silent = new FakeCluster({ override: () => [] });
      const provider = await serve(daemon, silent);
      const socket = join(daemon.scratch, 'tools.sock');
      const run = (folder: string, ...command: readonly string[]) =>
        runTool(daemon, [join(folder, command[0] ?? ''), ...command.slice(1)], {
          env: { BUNDLET_TOOLS_SOCKET: socket },
        });
      const said = ({ exitCode, stdout, stderr }: Awaited<ReturnType<typeof run>>) => ({
        exitCode,
        stdout,
        stderr,
      });
      const calls = [
        ['attrd_updater', '-n', 'a', '-U', '5'],
        ['attrd_updater', '-n', 'a', '-Q'],
      ];
      const [update, query, ourUpdate, ourQuery] = await Promise.all(
        ['/usr/sbin', OURS].flatMap((folder) => calls.map((command) => run(folder, ...command))),
      );
      expect([ourUpdate, ourQuery].map((end) => end && said(end))).toEqual(
        [update, query].map((end) => end && said(end)),
      );
      expect(ourUpdate?.exitCode).toBe(124);

      // The real crm_node ends with an assertion then.
      const name = run(OURS, 'crm_node', '-n');
      await expect.poll(() => silent.requests.some(({ text }) => text.includes('node-info'))).toBe(true);
      await provider[Symbol.asyncDispose]();
      expect(said(await name)).toEqual({
        exitCode: 102,
        stdout: '',
        stderr: 'error: Lost connection to controller\n',
      });
    });
  },
);
