import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { DEFAULT_CIB } from '../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { MISSING, runTool, serve, startDaemonWithTools, watchTidiness } from './support.ts';

/** A configuration of so many bytes at least, as repetitive as real ones are. */
function cibOf(bytes: number): string {
  const one = (index: number): string =>
    `<primitive id="rsc-${index}" class="ocf" provider="heartbeat" type="IPaddr2"><instance_attributes id="rsc-${index}-instance_attributes"><nvpair id="rsc-${index}-ip" name="ip" value="10.0.${index % 256}.é"/></instance_attributes></primitive>`;
  const count = Math.ceil(bytes / one(10_000).length);
  const many = Array.from({ length: count }, (_none, index) => one(index)).join('');
  return DEFAULT_CIB.replace('</resources>', `${many}</resources>`);
}

const rscsIn = (text: string): number => text.split('<primitive id="rsc-').length - 1;

const MB = 1024 * 1024;

describe.skipIf(MISSING !== undefined)(`a large configuration (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it('is compressed for a tool whose buffer is too small for it', async () => {
    const cib = cibOf(1.7 * MB);
    await using daemon = await startDaemonWithTools();
    await using _provider = await serve(daemon, new FakeCluster({ cib }));
    const tidy = await watchTidiness(daemon);
    const { exitCode, stdout } = await runTool(daemon, ['cibadmin', '-Q']);
    expect(exitCode).toBe(0);
    expect(rscsIn(stdout)).toBe(rscsIn(cib));
    await tidy();
  });

  it('is accepted from a tool', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster();
    await using _provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    const input = cibOf(1.7 * MB).replaceAll('é', 'e');
    const { exitCode, stderr } = await runTool(daemon, ['cibadmin', '--replace', '--xml-pipe'], { input });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(rscsIn(cluster.cib.text)).toBe(rscsIn(input));
    await tidy();
  });

  it.each(['the tool', 'the daemon'])('fits where %s has the buffer for it', async (whose) => {
    const cib = cibOf(5.3 * MB);
    const env = { PCMK_ipc_buffer: '8000000' };
    await using daemon = await startDaemonWithTools(whose === 'the daemon' ? { env } : {});
    await using _provider = await serve(daemon, new FakeCluster({ cib }));
    const { exitCode, stdout } = await runTool(
      daemon,
      ['cibadmin', '-Q'],
      whose === 'the tool' ? { env } : {},
    );
    expect(exitCode).toBe(0);
    expect(rscsIn(stdout)).toBe(rscsIn(cib));
  });

  it('that can not be delivered ends the tool at once, with a line that says what to do', async () => {
    // Compressed it is still larger than what 2.1.5 asks for, 512 KB.
    const noise = Array.from({ length: 1.2 * MB }, () => Math.random().toString(36).at(-1) ?? 'x').join('');
    const cib = DEFAULT_CIB.replace('<constraints/>', `<constraints><!--${noise}--></constraints>`);
    await using daemon = await startDaemonWithTools();
    await using _provider = await serve(daemon, new FakeCluster({ cib }));
    const tidy = await watchTidiness(daemon);
    // cibadmin itself doesn't look whether its connection is there, and waits its 30 s all the same.
    const { exitCode, ms } = await runTool(daemon, ['crm_resource', '-L']);
    expect(exitCode).not.toBe(0);
    expect(ms).toBeLessThan(10_000);
    expect(await daemon.logged('proxy.undeliverable')).toMatchObject([
      {
        program: 'crm_resource',
        service: 'cib_rw',
        text: expect.stringContaining('PCMK_ipc_buffer'),
        reason: expect.stringMatching(/524288/),
      },
    ]);
    await tidy(['proxy.undeliverable']);
  });
});
