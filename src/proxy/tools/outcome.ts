import { constants } from 'node:os';
import { AgentError } from '../../errors/agent-error.ts';
import type { ToolContext } from './tool.ts';

/** What became of a question to the cluster: an answer, or the error number that the real tool would have got. */
export type Outcome<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly errno: number };

/** No answer came in time. */
export const TIMED_OUT: Outcome<never> = { kind: 'failed', errno: constants.errno.ETIMEDOUT };

/**
 * Waits for an answer of the cluster: at most `limitMs`, and not longer than the caller does. A session that ends, or an
 * answer that can't be read, is a failure with an error number.
 * @throws what is no `AgentError`: a fault of ours
 */
export async function outcomeOf<Answer>(
  asked: Promise<Answer>,
  { clock, signal }: Pick<ToolContext, 'clock' | 'signal'>,
  limitMs: number,
): Promise<Outcome<Answer>> {
  const over = Promise.withResolvers<Outcome<never>>();
  const giveUp = (): void => over.resolve(TIMED_OUT);
  const timer = clock.setTimer(limitMs, giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) {
    giveUp();
  }
  try {
    return await Promise.race([
      asked.then((answer): Outcome<Answer> => ({ kind: 'answer', answer })),
      over.promise,
    ]);
  } catch (error) {
    return { kind: 'failed', errno: errnoOf(error) };
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', giveUp);
    // It may fail after its time, when its session is closed.
    asked.catch(() => undefined);
  }
}

function errnoOf(error: unknown): number {
  if (!(error instanceof AgentError)) {
    throw error;
  }
  return error.code === 'CONNECTION_LOST' ? constants.errno.ENOTCONN : constants.errno.EPROTO;
}
