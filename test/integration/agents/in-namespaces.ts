import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NamespaceEnd, startInPidNamespace } from '../../helpers/pid-namespace.ts';
import type { TesterRow } from './ocf-tester-row.ts';

// The shell stays: as PID 1 it reaps, and afterwards it lists what else is there.
const STAGE = `
set -u
mount --make-rprivate /
mount -t tmpfs none /run
ip link set lo up
eval "$SET_UP" >&2 || exit 99
status=0
eval "$SCRIPT" || status=$?
for process in /proc/[0-9]*; do
    [ "$process" = /proc/1 ] || echo "left $(tr '\\0' ' ' <"$process/cmdline")"
done
exit $status
`;

/** Shell text, its arguments and what is done before it. */
export interface Play {
  readonly script: string;
  readonly args?: readonly string[];
  readonly setUp?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs shell text in namespaces of its own: processes, mounts with an empty `/run`, network with loopback up. What it leaves
 * running is listed on its stdout as `left COMMAND`.
 */
export async function inNamespaces({
  script,
  args = [],
  setUp = ':',
  env = {},
}: Play): Promise<NamespaceEnd> {
  await using namespace = await startInPidNamespace(
    ['unshare', '--net', '--ipc', '--uts', 'sh', '-c', STAGE, 'sh', ...args],
    { env: { SET_UP: setUp, SCRIPT: script, OCF_ROOT: '/usr/lib/ocf', ...env } },
  );
  return await namespace.ended;
}

/** Runs Debian's `ocf-tester` so. */
export async function ocfTester(agent: string, { parameters, setUp }: TesterRow): Promise<NamespaceEnd> {
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-ocf-tester-'));
  chmodSync(scratch, 0o755);
  const options = Object.entries(parameters).flatMap(([name, value]) => [
    '-o',
    `${name}=${value.replaceAll('$scratch', scratch)}`,
  ]);
  try {
    return await inNamespaces({
      script: 'ocf-tester "$@"',
      args: ['-n', 'tried', ...options, agent],
      env: { scratch },
      ...(setUp === undefined ? {} : { setUp }),
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What it writes of an agent that has no fault. */
export const praise = (agent: string, { optional }: TesterRow): string[] => [
  `Beginning tests for ${agent}...`,
  ...optional.map((what) => `* Your agent does not support ${what} (optional)`),
  `${agent} passed all tests`,
];
