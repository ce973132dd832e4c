import { USAGE } from '../config/command-line.ts';
import { readOptions } from '../config/options.ts';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import { runDaemon } from './daemon.ts';
import { EXIT } from './exit-codes.ts';
import { print, versionText } from './print.ts';

/** The program `pacemaker-remoted`. */
async function main(): Promise<void> {
  process.title = 'pacemaker-remoted';
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.mode === 'help') {
    print(USAGE, options);
  } else if (options.mode === 'version') {
    print(versionText(options.outputAs), options);
  } else {
    await runDaemon(options, process.env);
  }
}

/** Says in one line why it can't start, and what to do. */
function fail(error: unknown): void {
  if (!(error instanceof AgentError)) {
    throw error;
  }
  process.stderr.write(`pacemaker-remoted: ${messageOf(error)}. ${ERROR_CODES[error.code]}\n`);
  process.exitCode = error.code === 'CONFIG_INVALID' && !error.has('fatal') ? EXIT.usage : EXIT.fatal;
}

main().catch(fail);
