import type { AgentContext } from './context.ts';
import type { Parameters } from './parameters.ts';
import { type ProcessId, readProcess, sendSignal } from './processes.ts';

/** One attempt to end processes. */
export interface TerminationStep {
  readonly signal: NodeJS.Signals | number;
  /** How long they have to end; less where the action's time is short. */
  readonly waitMs: number;
}

/** Whom to end, and how. */
export interface Termination {
  /** Those that are to end and still run; asked again and again, so that children that come meanwhile are met too. */
  readonly find: () => Promise<readonly ProcessId[]>;
  /** One after the other, such as TERM with 10 s and KILL with 2 s. */
  readonly steps: readonly TerminationStep[];
}

/** What of a context it needs. */
type Time<P extends Parameters> = Pick<AgentContext<P>, 'clock' | 'leftMs' | 'signal'>;

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

const keyOf = ({ pid, startTicks }: ProcessId): string => `${pid} ${startTicks}`;

/**
 * Ends processes, and gives those that survived it. Every step gets its share of what the action has left, so that the
 * last one is never without time. A process that is stopped is woken, or it would not get the signal.
 * @throws AgentFailure ERR_PERM; the signal's reason
 */
export async function terminate<P extends Parameters>(
  context: Time<P>,
  { find, steps }: Termination,
): Promise<readonly ProcessId[]> {
  let left = await find();
  for (const [index, { signal, waitMs }] of steps.entries()) {
    if (left.length === 0) {
      break;
    }
    const totalMs = steps.slice(index).reduce((sum, step) => sum + step.waitMs, 0);
    const limitMs = Math.min(waitMs, totalMs === 0 ? 0 : (context.leftMs() * waitMs) / totalMs);
    left = await attempt(context, { find, left, signal, limitMs });
  }
  return left;
}

interface Attempt {
  readonly find: () => Promise<readonly ProcessId[]>;
  readonly left: readonly ProcessId[];
  readonly signal: NodeJS.Signals | number;
  readonly limitMs: number;
}

async function attempt<P extends Parameters>(
  { clock, signal: abort }: Time<P>,
  { find, left, signal, limitMs }: Attempt,
): Promise<readonly ProcessId[]> {
  const endsAtMs = clock.nowMs() + limitMs;
  const told = new Set<string>();
  let running = left;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    for (const id of running.filter((one) => !told.has(keyOf(one)))) {
      told.add(keyOf(id));
      await tell(id, signal);
    }
    const leftMs = endsAtMs - clock.nowMs();
    if (leftMs <= 0) {
      return running;
    }
    await clock.sleep(Math.min(pauseMs, leftMs), abort);
    running = await find();
    if (running.length === 0) {
      return running;
    }
  }
}

/** Signals that reach a stopped process, or are about stopping it. */
const NO_WAKING: ReadonlySet<NodeJS.Signals | number> = new Set(['SIGKILL', 'SIGSTOP', 'SIGCONT']);

async function tell(id: ProcessId, signal: NodeJS.Signals | number): Promise<void> {
  if ((await sendSignal(id, signal)) && !NO_WAKING.has(signal)) {
    if ((await readProcess(id.pid))?.state === 'T') {
      await sendSignal(id, 'SIGCONT');
    }
  }
}
