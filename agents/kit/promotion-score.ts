import type { AgentContext } from './context.ts';
import { findProgram } from './find-program.ts';
import type { Parameters } from './parameters.ts';
import { oneLine } from './plain-text.ts';

/** The cluster may be slow, and the action must have time left. */
const PATIENCE_MS = 5000;

/** The tools' exit status for options that they don't know: one from before Pacemaker 2.1 has no `--promotion`. */
const EX_USAGE = 64;

/** What `setPromotionScore` needs of an action. */
type Scoring = Pick<AgentContext<Parameters>, 'env' | 'run' | 'log' | 'leftMs'>;

/**
 * Tells the cluster how well this instance could be promoted, by `crm_attribute --promotion`, or `crm_master` where that is
 * too old. Without these tools, or a cluster that answers, it says so in the log and nothing else happens: an agent works
 * without a cluster, too.
 * @param score undefined: it can't be promoted at all, such as when it is stopped
 * @returns whether the cluster knows it
 */
export async function setPromotionScore(context: Scoring, score: number | undefined): Promise<boolean> {
  const { env, log } = context;
  const value = score === undefined ? ['-D'] : ['-v', String(score)];
  const ways = [
    { tool: 'crm_attribute', args: ['--promotion', ...value] },
    { tool: 'crm_master', args: ['-l', 'reboot', ...value] },
  ];
  const where = { PATH: [env['HA_SBIN_DIR'], env['PATH']].filter((part) => (part ?? '') !== '').join(':') };
  for (const { tool, args } of ways) {
    const path = await findProgram(tool, where);
    if (path === undefined) {
      continue;
    }
    const timeoutMs = Math.min(PATIENCE_MS, context.leftMs() / 2);
    const { code, errno, signal, stderr } = await context.run({ path, args, timeoutMs });
    if (code === 0) {
      return true;
    }
    if (code !== EX_USAGE) {
      const how = errno ?? signal ?? `status ${code}`;
      log.warn(
        `Expected ${tool} to set the promotion score, got ${how}: ${oneLine(stderr)}; going on without`,
      );
      return false;
    }
  }
  log.info('There is no crm_attribute and no crm_master that knows promotion scores; going on without');
  return false;
}
