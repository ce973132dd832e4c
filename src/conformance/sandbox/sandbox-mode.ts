import { execFile } from 'node:child_process';
import { AgentError } from '../../errors/agent-error.ts';
import { planRoot, type SandboxMode } from './root-plan.ts';
import { setUpScript } from './set-up.ts';

/** How long an empty sandbox may take. */
const TRY_LIMIT_MS = 20_000;

/** What stands in front of PID 1. When this process ends, however, the kernel ends everything in there. */
export function namespaceCommand(mode: SandboxMode): readonly string[] {
  const user = mode === 'user' ? ['--user', '--map-root-user'] : [];
  const namespaces = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child'];
  // This process dies → setpriv's death signal takes unshare → its --kill-child takes PID 1 → the kernel all others.
  return [
    ...['setpriv', '--pdeathsig', 'KILL', '--'],
    ...['unshare', ...user, ...namespaces, '--propagation', 'private', '--'],
  ];
}

/**
 * Finds out how sandboxes can be made here, by making an empty one.
 * @throws AgentError SANDBOX_UNAVAILABLE
 */
export async function findSandboxMode(env: Readonly<Record<string, string>>): Promise<SandboxMode> {
  const modes: readonly SandboxMode[] = process.getuid?.() === 0 ? ['root', 'user'] : ['user'];
  const reasons: string[] = [];
  for (const mode of modes) {
    const script = setUpScript(await planRoot(mode), ['true'], 'none');
    const reason = await attempt([...namespaceCommand(mode), '/bin/sh', '-c', script], env);
    if (reason === undefined) {
      return mode;
    }
    reasons.push(reason);
  }
  const [reason = ''] = reasons;
  const message = `Expected to make a sandbox, got: ${reason}; ${adviceFor(reason)}, or take --in-place, which changes this machine`;
  throw new AgentError('SANDBOX_UNAVAILABLE', message, { labels: ['config'] });
}

/** What somebody can do about it: checks never run without a sandbox by themselves. */
function adviceFor(reason: string): string {
  if (/ENOENT|failed to execute/.test(reason)) {
    return 'install util-linux (setpriv, unshare and mount)';
  }
  return process.getuid?.() === 0
    ? 'give this container CAP_SYS_ADMIN (as --privileged does)'
    : 'run it as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)';
}

/** @returns why it failed */
function attempt(
  [program = '', ...words]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env, cwd: '/', timeout: TRY_LIMIT_MS, killSignal: 'SIGKILL' } as const;
    execFile(program, words, options, (error, _, stderr) => {
      const said = stderr.trim().split('\n')[0];
      resolve(error === null ? undefined : said === undefined || said === '' ? error.message : said);
    });
  });
}
