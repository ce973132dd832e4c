import { AgentFailure, OCF, type ProcessFacts } from '../kit/index.ts';
import { launchWords } from './command-line.ts';
import type { ApacheConfiguration } from './config/index.ts';
import { lastLogLine, messageOf } from './messages.ts';
import type { Context } from './parameters.ts';
import { findMain, findMembers } from './processes.ts';

/** How long a server may take from its first process to its PID file. */
const PID_FILE_LIMIT_MS = 10_000;

/**
 * Starts it, and waits until its main process is there.
 * @throws AgentFailure ERR_GENERIC with what httpd says
 */
export async function launch(context: Context, configuration: ApacheConfiguration): Promise<ProcessFacts> {
  const { httpd, env, pidFile } = configuration;
  const result = await context.run({ path: httpd, args: launchWords(configuration), env });
  if (result.code !== 0) {
    const how = result.isTimedOut
      ? 'no end of its launch'
      : (result.errno ?? result.signal ?? `status ${result.code}`);
    const said = messageOf(result) || (await lastLogLine(context, configuration));
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected ${httpd} to start, got ${how}: ${said || 'no message'}`,
    );
  }
  const missing = `Expected ${httpd} to write its PID file ${pidFile}, got none within ${PID_FILE_LIMIT_MS} ms`;
  return context.waitFor(
    missing,
    async () => {
      const main = await findMain(configuration);
      if (main !== undefined) {
        return main;
      }
      const { all } = await findMembers(configuration);
      // It may have written the file between the two looks, and ended after the second.
      if (all.length === 0 && (await findMain(configuration)) === undefined) {
        throw await ended(context, configuration);
      }
      return undefined;
    },
    PID_FILE_LIMIT_MS,
  );
}

/** Why a server that was started is gone. */
export async function ended(context: Context, configuration: ApacheConfiguration): Promise<AgentFailure> {
  const said = await lastLogLine(context, configuration);
  const reason = `Expected ${configuration.httpd} to go on running, got its end while it started: its error log ends with ${said || 'no fault'}`;
  return new AgentFailure(OCF.ERR_GENERIC, reason);
}
