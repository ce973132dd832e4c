import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cases } from '../../src/conformance/subject.ts';

/** What `ocf-tester` says of an agent. */
export interface OcfTesterVerdict {
  /** `passed`, `failed`, or `hung`: it was ended by our limit; it has none of its own. */
  readonly verdict: 'passed' | 'failed' | 'hung';
  /** Its lines of what is wrong, and those of xmllint, without the agent's path. */
  readonly complaints: readonly string[];
  readonly output: string;
  readonly ms: number;
}

/**
 * Namespaces of its own as a run of ours has them, so that neither finds what the other left: /etc and /var are written to a layer that goes,
 * /run is empty. What comes after `--` is run by what becomes PID 1 there.
 */
const IN_A_BOX = `
mount -t tmpfs none "$1" && mkdir "$1/etc" "$1/etc.work" "$1/var" "$1/var.work"
for d in etc var; do mount -t overlay none -o "lowerdir=/$d,upperdir=$1/$d,workdir=$1/$d.work" "/$d"; done
mount -t tmpfs none /run && mkdir -m 1777 /run/resource-agents
ip link set lo up
eval "$2" </dev/null >"$1/set-up.log" 2>&1 || { echo 'The set-up failed'; cat "$1/set-up.log"; exit 99; }
shift 2
"$@"
`;

/** Runs it in namespaces of its own. */
export async function runOcfTester(
  agent: string,
  { instances, setUp = 'true' }: Cases,
  limitMs: number,
): Promise<OcfTesterVerdict> {
  const { name, parameters } = instances[0] ?? { name: 'one', parameters: {} };
  const folder = await mkdtemp(join(tmpdir(), 'ocf-tester-'));
  const options = Object.entries(parameters).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const startedMs = performance.now();
  try {
    const words = ['ocf-tester', '-n', name, ...options, agent];
    const { code, output } = await inABox([folder, setUp, ...words], limitMs);
    return {
      verdict: code === undefined ? 'hung' : code === 0 ? 'passed' : 'failed',
      complaints: complaintsIn(output, agent),
      output,
      ms: Math.round(performance.now() - startedMs),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns `code` is undefined if it had to be ended */
async function inABox(
  words: readonly string[],
  limitMs: number,
): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const box = spawn(
    'unshare',
    [
      '--mount',
      '--net',
      '--ipc',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      IN_A_BOX,
      'sh',
      ...words,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [box.stdout, box.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let hung = false;
  // Its PID 1 goes with it, and all with that.
  const limit = setTimeout(() => {
    hung = true;
    box.kill('SIGKILL');
  }, limitMs);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  box.once('close', (code) => resolve(hung ? undefined : (code ?? 1)));
  const code = await promise;
  clearTimeout(limit);
  return { code, output };
}

/** `* rc=7: Stopping a stopped resource is required to succeed`; it says with the same mark what is optional. */
function complaintsIn(output: string, agent: string): readonly string[] {
  const lines = output.replaceAll(agent, 'AGENT').split('\n');
  const own = lines.filter((line) => /^\* /.test(line) && !line.includes('(optional)'));
  const ofXmllint = lines.filter((line) => /^-:\d+: /.test(line)).map((line) => line.replace(/^-:\d+: /, ''));
  return [...new Set([...own.map((line) => line.slice(2)), ...ofXmllint])];
}
