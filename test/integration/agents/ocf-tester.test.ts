import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { AGENT_NAMES, executableOf } from '../../helpers/our-agents.ts';
import { startInPidNamespace } from '../../helpers/pid-namespace.ts';
import type { TesterRow } from './ocf-tester-row.ts';

// The shell stays: as PID 1 it reaps, and afterwards it lists what else is there.
const SCRIPT = `
set -u
mount --make-rprivate /
mount -t tmpfs none /run
ip link set lo up
eval "$SET_UP" >&2 || exit 99
tester=0
ocf-tester "$@" || tester=$?
for process in /proc/[0-9]*; do
    [ "$process" = /proc/1 ] || echo "left $(tr '\\0' ' ' <"$process/cmdline")"
done
exit $tester
`;

/** Runs the tool in namespaces of its own. */
async function ocfTester(agent: string, { parameters, setUp = ':' }: TesterRow) {
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-ocf-tester-'));
  const options = Object.entries(parameters).flatMap(([name, value]) => [
    '-o',
    `${name}=${value.replaceAll('$scratch', scratch)}`,
  ]);
  try {
    await using namespace = await startInPidNamespace(
      ['unshare', '--net', '--ipc', '--uts', 'sh', '-c', SCRIPT, 'sh', '-n', 'tried', ...options, agent],
      { env: { SET_UP: setUp, scratch, OCF_ROOT: '/usr/lib/ocf' } },
    );
    return await namespace.ended;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

describe("Debian's ocf-tester", () => {
  useAudit();

  it.each(AGENT_NAMES)('passes %s without a warning', { timeout: 120_000 }, async (name) => {
    const { row } = (await import(`./ocf-tester/${name}.ts`)) as { row: TesterRow };
    const agent = executableOf(name);
    const { status, stdout, stderr } = await ocfTester(agent, row);
    expect(stdout.trim().split('\n')).toEqual([
      `Beginning tests for ${agent}...`,
      ...row.optional.map((what) =>
        `* Your agent does not support the ${what} (optional)`.replace('the promotable', 'promotable'),
      ),
      `${agent} passed all tests`,
    ]);
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
