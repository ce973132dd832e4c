import { AgentFailure, defineAgent, type ExitCode, OCF, sendSignal } from '../kit/index.ts';
import { check, runCommand } from './checks.ts';
import { look, running } from './look.ts';
import { type CheckName, type Context, parameters } from './parameters.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { validate } from './validate.ts';

/** The checks of a monitor and the level from which they run [OCF-1.1 Check Levels]. */
const LEVELS: readonly (readonly [level: number, name: CheckName])[] = [
  [0, 'health'],
  [10, 'health10'],
  [20, 'health20'],
];

async function monitor(context: Context): Promise<ExitCode> {
  const found = await look(context);
  if (found.kind === 'stopped') {
    if (found.reason !== undefined && !context.isProbe) {
      throw new AgentFailure(OCF.NOT_RUNNING, `Expected the application to run, got ${found.reason}`);
    }
    return OCF.NOT_RUNNING;
  }
  if (found.kind !== 'running') {
    throw new AgentFailure(OCF.ERR_GENERIC, `Expected ${found.reason}`);
  }
  for (const [level, name] of LEVELS) {
    const fault = context.checkLevel >= level ? await check(context, name) : undefined;
    if (fault !== undefined) {
      throw new AgentFailure(OCF.ERR_GENERIC, fault);
    }
  }
  return OCF.SUCCESS;
}

/** The application reads its own configuration again. */
async function reload(context: Context): Promise<void> {
  const { reload_command: command, reload_signal: signal } = context.params;
  const main = await running(context);
  if (command !== undefined) {
    const fault = await runCommand(context, 'reload_command', {
      timeoutMs: context.leftMs(),
      mainPid: main?.pid,
    });
    if (fault !== undefined) {
      throw new AgentFailure(OCF.ERR_GENERIC, `Expected ${fault}`);
    }
    return;
  }
  if (signal === undefined) {
    const reason =
      'Expected one of the parameters reload_signal and reload_command, got none: nothing can be reloaded';
    throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
  }
  if (main === undefined) {
    const reason =
      'Expected a main process for reload_signal, got none that is known: set pidfile or reload_command';
    throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
  }
  await sendSignal(main, signal);
}

export const agent = defineAgent({
  name: 'process',
  version: '1.0',
  short: 'Runs any command as a resource',
  long: `Puts an application that has no agent of its own under the cluster: starts it as a user, in a directory, with an environment; waits until it is ready; writes its output to the log of the container, line by line with the name of the resource; watches it, by checks where they are given; and ends it with everything that descends from it.

Its parent is a small program, pcmk-shim, which also keeps why it ended: the monitor tells the exit status and the last lines of the output.`,
  parameters,
  validate,
  actions: {
    start: { timings: [{ timeout: '60s' }], run: start },
    stop: { timings: [{ timeout: '60s' }], run: stop },
    monitor: {
      timings: [
        { timeout: '20s', interval: '10s', depth: 0 },
        { timeout: '30s', interval: '60s', depth: 10 },
        { timeout: '60s', interval: '300s', depth: 20 },
      ],
      run: monitor,
    },
    reload: { timings: [{ timeout: '20s' }], run: reload },
    // What may change so is read anew by every action.
    'reload-agent': { timings: [{ timeout: '20s' }], run: async (context) => void (await running(context)) },
  },
});
