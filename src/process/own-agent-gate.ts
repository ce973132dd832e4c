import type { InProcess } from './in-process/in-process.ts';
import { ownAgentsAt } from './own-agents.ts';
import type { Command, Exit, OnExit, Output, Runner, RunnerAccess, RunningCommand } from './runner.ts';

const NOTHING: Output = { stdout: '', stderr: '' };

/** What a process would have met. */
const KILLED: Exit = { kind: 'signalled', signal: 'SIGKILL' };

/** Loads what runs our agents inside the daemon, once. Never rejects. */
export type InProcessAccess = () => Promise<InProcess>;

/**
 * A runner for agents: those that may be ours go to where they are run without a process, all others to the runner of
 * programs at once. A name decides, so that foreign agents cost no look at a file.
 */
export function withOwnAgents(
  programs: RunnerAccess,
  inProcess: InProcessAccess,
  isWanted: (command: Command) => boolean,
): RunnerAccess {
  const gate = (runner: Runner): Runner => ({
    run: (command, onExit) =>
      mayBeOurs(command) && isWanted(command)
        ? runInside(inProcess, command, onExit)
        : runner.run(command, onExit),
  });
  return () => {
    const runner = programs();
    return runner instanceof Promise ? runner.then(gate) : gate(runner);
  };
}

/** Another user's agent, or one with limits of its own, needs a process. */
const mayBeOurs = ({ path, user, limits }: Command): boolean =>
  ownAgentsAt(path).length > 0 && user === undefined && limits === undefined;

/** Asks first what the file at the path is: that takes some turns of the event loop, in which it may be killed. */
function runInside(inProcess: InProcessAccess, command: Command, onExit: OnExit): RunningCommand {
  let running: RunningCommand | undefined;
  let isKilled = false;
  const begin = (runner: Runner): void => {
    if (isKilled) {
      onExit(KILLED, NOTHING);
    } else {
      running = runner.run(command, onExit);
    }
  };
  inProcess()
    .then((found) => found.runnerFor(command.path))
    .then(begin);
  return {
    kill: () => {
      isKilled = true;
      return running?.kill() ?? NOTHING;
    },
  };
}
