import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import {
  complaintsOf,
  MISSING,
  runTool,
  serve,
  sharedFiles,
  startDaemonWithTools,
  type ToolEnd,
} from './support.ts';

const NOBODY = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'];

/** What each tool says: where no cluster is connected, and to users who may not connect. */
const REFUSALS = [
  { command: 'crm_node -n', away: [1, 'Remote I/O error'], stranger: [4, 'Permission denied'] },
  { command: 'attrd_updater -n x -Q', away: [1, 'Remote I/O error'], stranger: [4, 'Permission denied'] },
  { command: 'cibadmin -Q', away: [102, 'not connected'], stranger: [102, 'not connected'] },
  {
    command: 'crm_attribute -N n -n x -G',
    away: [102, 'not connected'],
    stranger: [102, 'not connected'],
  },
  { command: 'crm_resource -L', away: [102, 'Not connected'], stranger: [102, 'Not connected'] },
  { command: 'crm_mon -1', away: [0, 'not connected'], stranger: [4, 'Permission denied'] },
] as const;

const expectRefusal = ({ exitCode, stderr, ms }: ToolEnd, [code, words]: readonly [number, string]): void => {
  expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: expect.stringContaining(words) });
  // None of the tools' own time limits, the shortest of which is 5 s, has passed.
  expect(ms).toBeLessThan(5000);
};

describe.skipIf(MISSING !== undefined)(`a refused tool (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it.each(REFUSALS)('$command says so at once where no cluster is connected', async ({ command, away }) => {
    await using daemon = await startDaemonWithTools();
    expectRefusal(await runTool(daemon, command.split(' ')), away);
    expect(complaintsOf(daemon)).toEqual([]);
    // Nothing is made for one that is refused.
    expect(sharedFiles(daemon)).toEqual([]);
  });

  it.each(REFUSALS)('$command says so to a user who may not connect', async ({ command, stranger }) => {
    await using daemon = await startDaemonWithTools();
    await using provider = await serve(daemon);
    expectRefusal(await runTool(daemon, command.split(' '), { as: NOBODY }), stranger);
    expect(complaintsOf(daemon, ['ipc.refused'])).toEqual([]);
    expect(sharedFiles(daemon)).toEqual([]);
    expect(provider.heard).toEqual([]);
  });

  it('works as soon as a cluster is connected, and no more when it has left', async () => {
    await using daemon = await startDaemonWithTools();
    const ask = async (): Promise<number | null> => (await runTool(daemon, ['crm_node', '-n'])).exitCode;
    expect(await ask()).toBe(1);
    {
      await using _provider = await serve(daemon);
      expect(await ask()).toBe(0);
    }
    await daemon.logged('session.ended');
    expect(await ask()).toBe(1);
  });
});
