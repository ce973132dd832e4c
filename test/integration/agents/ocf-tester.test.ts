import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { AGENT_NAMES, executableOf } from '../../helpers/our-agents.ts';
import { titled } from '../../helpers/systemd.ts';
import { ocfTester, praise } from './in-namespaces.ts';
import type { TesterRow } from './ocf-tester-row.ts';

const why = whyWithout('ocf-tester', 'xmllint', 'apache2', 'ganesha.nfsd', 'rpcbind');

describe.skipIf(why !== undefined)(titled("Debian's ocf-tester", why), () => {
  useAudit();

  it.each(AGENT_NAMES)('passes %s without a warning', { timeout: 120_000 }, async (name) => {
    const { row } = (await import(`./ocf-tester/${name}.ts`)) as { row: TesterRow };
    const agent = executableOf(name);
    const { status, stdout, stderr } = await ocfTester(agent, row);
    expect(stdout.trim().split('\n')).toEqual(praise(agent, row));
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('would find a fault', async () => {
    const { row } = (await import('./ocf-tester/dummy.ts')) as { row: TesterRow };
    const parameters = { trouble: 'stop:fail=7' };
    const { status, stdout } = await ocfTester(executableOf('dummy'), { ...row, parameters });
    expect([status, stdout]).toEqual([1, expect.stringContaining('* rc=7: Stop failed')]);
  });
});
