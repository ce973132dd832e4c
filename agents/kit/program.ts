import type { Agent } from './agent.ts';
import { AgentFailure } from './agent-failure.ts';
import { OCF } from './exit-codes.ts';
import type { Host } from './host.ts';
import { runAgent } from './run-agent.ts';
import { runProgram } from './run-program.ts';
import { systemClock } from './system-clock.ts';

/** Signals that end an agent in order: it tells so, and what it has started goes with it. */
const ENDING = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Makes the process an agent: runs the action that its first argument names, and ends with its status. It does not wait
 * for what the agent has left behind; the promise never resolves.
 */
export async function runAsProgram(agent: Agent): Promise<never> {
  const ending = new AbortController();
  for (const name of ENDING) {
    process.on(name, () => {
      ending.abort(new AgentFailure(OCF.ERR_GENERIC, `Expected to get to an end, got ${name}`));
    });
  }
  // What nobody waits for: a promise without a listener, an `error` event, a timer that throws. No stack trace.
  process.on('uncaughtException', (error) => ending.abort(error));
  // Whoever called may be gone, as a reader who has seen enough of the metadata: nothing to tell, and nobody to tell it.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const [, , action = ''] = process.argv;
  const status = await runAgent(agent, { action, env, signal: ending.signal }, processHost());
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(status);
}

/** The process as a host. */
function processHost(): Host {
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    run: runProgram,
    clock: systemClock,
    // The process's own start: what Node took since is of the action's time, too.
    startedAtMs: 0,
    cache: new Map(),
  };
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
