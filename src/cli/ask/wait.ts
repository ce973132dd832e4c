import { Command, Option } from 'commander';
import type { ControlClient } from '../../control/ask/control-client.ts';
import { RESOURCE_STATES, type ResourceState } from '../../control/model.ts';
import { AgentError } from '../../errors/agent-error.ts';
import { type Done, EXIT, usageError } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { milliseconds } from './numbers.ts';
import { type AskFlags, answerIn, targetOf, withTarget } from './target.ts';

interface WaitFlags extends AskFlags {
  readonly timeout: number;
}

/** A daemon that is not there yet is looked for this often, and states that no event tells of, in ms. */
const LOOK_AGAIN_MS = 500;

const EXAMPLES = `
Examples:
  bundlet wait ready
  bundlet wait web running --timeout 2min
  bundlet wait web stopped

Exit status: 0 it is so, 1 it was not so in time; others as for all commands.`;

/** `bundlet wait`. */
export function waitCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('wait').description('Wait until a resource is in a state, or everything is ready.'),
  )
    .argument('<RESOURCE>', 'its name; or the word ready: what readyz asks, of the daemon as a whole')
    .argument('[STATE]', `${RESOURCE_STATES.join(', ')}; default: running`)
    .addOption(
      new Option('-t, --timeout <TIME>', 'how long')
        .argParser(milliseconds('--timeout'))
        .default(60_000, '60s'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (resource: string, wanted: string | undefined, flags: WaitFlags) => {
      const goal = goalOf(resource, wanted);
      const late = AbortSignal.timeout(flags.timeout);
      const last = await waitFor(goal, flags, io, AbortSignal.any([io.signal, late]));
      if (last === undefined) {
        done(EXIT.ok);
        return;
      }
      if (!late.aborted) {
        throw new AgentError('ABORTED', 'Interrupted');
      }
      io.err.write(`bundlet: Expected ${goal.text} within ${flags.timeout / 1000} s, ${last}\n`);
      done(EXIT.failed);
    });
}

interface Goal {
  readonly text: string;
  /** Undefined: reached; else what is so instead. */
  look(client: ControlClient, signal: AbortSignal): Promise<string | undefined>;
}

function goalOf(resource: string, wanted: string | undefined): Goal {
  if (resource === 'ready' && wanted === undefined) {
    return {
      text: 'everything to be ready',
      look: async (client, signal) => {
        const { isHealthy, checks } = await client.ask('health', { probe: 'readyz' }, signal);
        const missing = checks
          .filter(({ result }) => result === 'failed')
          .map(({ name, text }) => `${name}: ${text}`);
        return isHealthy ? undefined : missing.join('; ');
      },
    };
  }
  const state = RESOURCE_STATES.find((one) => one === (wanted ?? 'running'));
  if (state === undefined) {
    throw usageError(`Expected a state of ${RESOURCE_STATES.join(', ')}, got "${wanted}"`);
  }
  return {
    text: `${resource} to be ${state}`,
    look: async (client, signal) => {
      const found = (await client.ask('status', {}, signal)).resources.find(({ id }) => id === resource);
      return isIn(found?.state, state)
        ? undefined
        : found === undefined
          ? 'there is no such resource'
          : `it is ${found.state}`;
    },
  };
}

/** One that was unregistered is stopped; one that is promoted runs. */
const isIn = (now: ResourceState | undefined, wanted: ResourceState): boolean =>
  now === wanted ||
  (wanted === 'running' && now === 'promoted') ||
  (wanted === 'stopped' && now === undefined);

/** @returns undefined once it is so; what was so last when the time was over */
async function waitFor(
  goal: Goal,
  flags: AskFlags,
  io: Io,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { connectControl } = await import('../../control/ask/connect.ts');
  const target = await targetOf(flags, io);
  let last = 'it could not be found out';
  while (!signal.aborted) {
    try {
      const client = await connectControl(target, AbortSignal.any([signal, answerIn(io)]));
      try {
        while (!signal.aborted) {
          const now = await goal.look(client, AbortSignal.any([signal, answerIn(io)]));
          if (now === undefined) {
            return undefined;
          }
          last = now;
          await nextChange(client, signal);
        }
      } finally {
        client.close();
      }
    } catch (error) {
      if (
        !(error instanceof AgentError) ||
        !['DAEMON_UNREACHABLE', 'CONNECT_FAILED', 'CONNECTION_LOST', 'REQUEST_TIMEOUT', 'ABORTED'].includes(
          error.code,
        )
      ) {
        throw error;
      }
      last = signal.aborted ? last : error.message;
      await pause(signal, io);
    }
  }
  return last;
}

/** An event, or a while: results that repeat themselves and solo's states come by no event. */
async function nextChange(client: ControlClient, signal: AbortSignal): Promise<void> {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(LOOK_AGAIN_MS)]);
  for await (const _event of client.watch({ backlog: 0, level: 'info', follow: true }, soon)) {
    return;
  }
}

/** Timers of signals do not keep a process alive, this one does. */
const pause = (signal: AbortSignal, { clock }: Io): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimer(LOOK_AGAIN_MS, end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) {
      end();
    }
  });
