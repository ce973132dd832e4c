import { resolve } from 'node:path';
import { type AgentContext, AgentFailure, OCF } from '../../kit/index.ts';

/** What shell files do to an environment. */
export interface EnvironmentChange {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

type Runner = Pick<AgentContext<Record<never, never>>, 'run' | 'env' | 'leftMs'>;

/** Of the action's time: a file that hangs must not take what a stop needs. */
const TIME_SHARE = 0.25;

/** What the shell keeps for itself. */
const SHELL_OWN: ReadonlySet<string> = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL']);

// What the files print goes to the log, not between the answers.
const SCRIPT =
  'exec 3>&1 >&2; for file do if [ -f "$file" ] && [ -r "$file" ]; then . "$file"; fi; done; exec /usr/bin/env -0 >&3';

/** The daemon keeps no NUL in a text, and has U+FFFD in its place. */
const ENTRY_END = /[\0\ufffd]/;

/** The files of the parameter `envfiles`: absolute paths. */
export const listEnvfiles = (envfiles = ''): string[] =>
  envfiles
    .split(/\s+/)
    .filter((name) => name !== '')
    .map((name) => resolve('/', name));

/**
 * Has a shell read the files, as they are shell by definition; those that are not there are left out.
 * @throws AgentFailure ERR_CONFIGURED with the shell's words; ERR_GENERIC if it comes to no end
 */
export async function readEnvfiles(
  { run, env, leftMs }: Runner,
  files: readonly string[],
): Promise<EnvironmentChange> {
  if (files.length === 0) {
    return { set: {}, unset: [] };
  }
  const timeoutMs = leftMs() * TIME_SHARE;
  const result = await run({ path: '/bin/sh', args: ['-c', SCRIPT, 'sh', ...files], env, timeoutMs });
  if (result.isTimedOut) {
    const reason = `Expected ${files.join(' ')} to be read by /bin/sh, got no end of it within ${Math.round(timeoutMs)} ms`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
  if (result.code !== 0 || !ENTRY_END.test(result.stdout.slice(-1))) {
    const got =
      result.errno ?? (result.stderr.trim() || `an end of the shell (${result.code ?? result.signal})`);
    throw new AgentFailure(
      OCF.ERR_CONFIGURED,
      `Expected ${files.join(' ')} to be read by /bin/sh, got ${got}`,
    );
  }
  const after = new Map(
    result.stdout.split(ENTRY_END).flatMap((entry): [string, string][] => {
      const at = entry.indexOf('=');
      return at <= 0 || SHELL_OWN.has(entry.slice(0, at)) ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
    }),
  );
  return {
    set: Object.fromEntries([...after].filter(([name, value]) => env[name] !== value)),
    unset: Object.keys(env).filter((name) => !after.has(name) && !SHELL_OWN.has(name)),
  };
}

/** The environment with the files' change made to it. */
export function changed(
  env: Readonly<Record<string, string>>,
  { set, unset }: EnvironmentChange,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries({ ...env, ...set }).filter(([name]) => !unset.includes(name)));
}
