import { readFile, stat, writeFile } from 'node:fs/promises';
import {
  type AgentContext,
  AgentFailure,
  custom,
  type ExitCode,
  type Handler,
  OCF,
  type Parameter,
} from '../kit/index.ts';
import { type Placed, recordEnvironment, stateFile } from './parameters.ts';
import { type Effect, parseRules, type TroubleRule } from './rules.ts';

/** Longer than any action has; the longest that a timer takes. */
const FOREVER_MS = 2 ** 31 - 1;

/** The parameter that switches failures on, for agents that are there to be tested with. */
export const trouble = custom({
  short: 'Failures to switch on',
  long: `Rules, separated by semicolons: ACTION: EFFECT… [only=N|N-|N-M] [while=FILE] [reason=TEXT].
ACTION is a name such as monitor, or * for all.
Effects: fail=CODE (nothing is done), degrade (done, then 190 for 0 and 191 for 8), slow=TIME, hang (until its time is over), stubborn (hangs and takes no notice of that), block=TIME (holds the whole process), crash (throws), stray (fails where nobody waits for it), noise=LINES (on standard error).
only= tells which calls of the action it happens to, counted from 1; while= that it happens while the file is there.
Example: monitor: fail=1 only=3 reason=disk gone; start: slow=2s`,
  isReloadable: true,
  parse: parseRules,
});

type Troubled = Placed & { readonly trouble: Parameter<readonly TroubleRule[] | undefined> };
type Context = Pick<
  AgentContext<Troubled>,
  'action' | 'clock' | 'signal' | 'log' | 'stateDirectory' | 'params'
>;

/** An action that leaves its environment in `envfile`, and gets into the trouble that the parameter `trouble` tells. */
export function troubled<P extends Troubled>(
  run: Handler<P>,
): (context: AgentContext<P>) => Promise<ExitCode> {
  return async (context) => {
    await recordEnvironment(context);
    const rules = await rulesOf(context);
    for (const rule of rules) {
      for (const effect of rule.effects) {
        await suffer(effect, rule, context);
      }
    }
    const code = (await run(context)) ?? OCF.SUCCESS;
    const isDegraded = rules.some(({ effects }) => effects.some(({ kind }) => kind === 'degrade'));
    return isDegraded ? degraded(code) : code;
  };
}

/** Those that this call meets. */
async function rulesOf(context: Context): Promise<TroubleRule[]> {
  const rules = (context.params.trouble ?? []).filter(
    ({ action }) => action === '*' || action === context.action,
  );
  // Every call counts as soon as one rule asks for the count.
  const call = rules.some(({ only }) => only !== undefined) ? await countCall(context) : 0;
  const met: TroubleRule[] = [];
  for (const rule of rules) {
    const { only, whileFile } = rule;
    const isCounted = only === undefined || (call >= only.first && call <= only.last);
    if (isCounted && (whileFile === undefined || (await isThere(whileFile)))) {
      met.push(rule);
    }
  }
  return met;
}

async function suffer(effect: Effect, rule: TroubleRule, context: Context): Promise<void> {
  const { action, clock, log, signal } = context;
  const reason = rule.reason ?? `Expected ${action} to work, but its trouble says ${effect.kind}`;
  switch (effect.kind) {
    case 'noise':
      for (let line = 1; line <= effect.lines; line += 1) {
        log.info(`noise ${line} of ${effect.lines}`);
      }
      return;
    case 'slow':
      return clock.sleep(effect.ms, signal);
    case 'block': {
      const endMs = clock.nowMs() + effect.ms;
      while (clock.nowMs() < endMs) {
        // What an agent must never do.
      }
      return;
    }
    case 'hang':
      return clock.sleep(FOREVER_MS, signal);
    case 'stubborn':
      return new Promise(() => undefined);
    case 'crash':
      throw new Error(reason);
    case 'stray':
      void Promise.reject(new Error(reason));
      return clock.sleep(FOREVER_MS, signal);
    case 'fail':
      throw new AgentFailure(effect.code, reason);
    case 'degrade':
      return; // when it is done
  }
}

function degraded(code: ExitCode): ExitCode {
  const codes: Partial<Record<ExitCode, ExitCode>> = { 0: OCF.DEGRADED, 8: OCF.DEGRADED_PROMOTED };
  return codes[code] ?? code;
}

/** The number of this call of the action, from 1; counted beside the state, and kept when that is gone. */
async function countCall(context: Context): Promise<number> {
  const path = `${await stateFile(context)}.calls-of-${context.action}`;
  const before = Number(await readFile(path, 'utf8').catch(() => '0')) || 0;
  await writeFile(path, String(before + 1));
  return before + 1;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
