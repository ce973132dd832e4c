import { didYouMean } from '../config/did-you-mean.ts';
import { AgentError } from '../errors/agent-error.ts';
import type { Check, Level } from './check.ts';

/** Which checks somebody wants. Patterns are ids (`ACT-03`), groups (`ACT`) or either with `*` and `?`; letters' case is all one. */
export interface Wish {
  /** None: all. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly level: Level | 'all';
}

export interface Selection {
  /** In the order of the catalogue, each once, whatever the order of the wishes. */
  readonly chosen: readonly Check[];
  readonly leftOut: readonly { readonly check: Check; readonly reason: string }[];
}

/**
 * Chooses among the checks of an agent.
 * @throws AgentError CONFIG_INVALID for a pattern that none of them fits, and if nothing is left
 */
export function select(checks: readonly Check[], wish: Wish): Selection {
  const only = wish.only.map((pattern) => matcher(pattern, checks, '--only'));
  const skip = wish.skip.map((pattern) => matcher(pattern, checks, '--skip'));
  const chosen: Check[] = [];
  const leftOut: { check: Check; reason: string }[] = [];
  for (const check of checks) {
    const reason = reasonAgainst(check, { only, skip, level: wish.level });
    if (reason === undefined) {
      chosen.push(check);
    } else {
      leftOut.push({ check, reason });
    }
  }
  if (chosen.length === 0 && checks.length > 0) {
    throw wrong(
      'Expected --only, --skip and --level to leave a check, got none; bundlet conformance --list shows them',
    );
  }
  return { chosen, leftOut };
}

type Matcher = (id: string) => boolean;

function reasonAgainst(
  { id, level }: Check,
  wish: {
    readonly only: readonly Matcher[];
    readonly skip: readonly Matcher[];
    readonly level: Level | 'all';
  },
): string | undefined {
  if (wish.skip.some((matches) => matches(id))) {
    return '--skip names it';
  }
  if (wish.only.length > 0 && !wish.only.some((matches) => matches(id))) {
    return '--only does not name it';
  }
  return wish.level === 'all' || wish.level === level ? undefined : `its level is ${level}`;
}

function matcher(pattern: string, checks: readonly Check[], option: string): Matcher {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  // A group is everything that begins so; `ACT-0` is no group, and `ACT-*` the same as `ACT`.
  const fits = new RegExp(`^${source}${pattern.includes('-') ? '' : '(-.*)?'}$`, 'i');
  const matches = (id: string): boolean => fits.test(id);
  if (!checks.some(({ id }) => matches(id))) {
    const groups = checks.map(({ id }) => id.replace(/-.*/, ''));
    const hint = didYouMean(pattern, [...checks.map(({ id }) => id), ...new Set(groups)]);
    throw wrong(
      `Expected ${option} to name a check or a group of checks, got "${pattern}"${hint || '; bundlet conformance --list shows them'}`,
    );
  }
  return matches;
}

function wrong(message: string): AgentError {
  return new AgentError('CONFIG_INVALID', message, { labels: ['config'] });
}
