import { parseArgs } from 'node:util';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { DEFAULT_PORT } from './port.ts';

/** How `--version` is printed. */
export const OUTPUT_FORMATS = ['text', 'xml', 'none'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What stands on the command line [protocol 8.1]. */
export interface CommandLine {
  readonly mode: 'run' | 'help' | 'version';
  /** As it was given, not yet checked. */
  readonly port?: string;
  readonly logFiles: readonly string[];
  /** How often `-V` was given. */
  readonly verbosity: number;
  readonly outputAs: OutputFormat;
  /** File for the text of `--help` and `--version`; absent = standard output. */
  readonly outputTo?: string;
}

const ARGUMENTS = {
  port: { type: 'string', short: 'p' },
  logfile: { type: 'string', short: 'l', multiple: true },
  verbose: { type: 'boolean', short: 'V', multiple: true },
  'output-as': { type: 'string' },
  'output-to': { type: 'string' },
  help: { type: 'boolean', short: '?' },
  version: { type: 'boolean', short: '$' },
} as const;

/** The text of `--help`. */
export const USAGE = `Usage: pacemaker-remoted [OPTION...]

The Pacemaker Remote daemon of Bundlet: runs resource agents for a cluster that connects to TCP port 3121.

  -p, --port PORT      TCP port to listen on (${DEFAULT_PORT}; also PCMK_remote_port); the last one counts
  -l, --logfile FILE   write the log to this file too; may be given several times (also PCMK_logfile)
  -V, --verbose        log more; may be given several times
  -?, --help           this text
  -$, --version        the version
      --output-as=FORMAT   of --version: text, xml or none
      --output-to=FILE     where --help and --version go instead of standard output; "-" is standard output

Settings are read from the environment: PCMK_remote_address, PCMK_authkey_location or PCMK_ca_file, PCMK_cert_file
and PCMK_key_file, PCMK_tls_priorities, PCMK_stderr, PCMK_debug and others, see docs/options.md.
Example: PCMK_authkey_location=./authkey pacemaker-remoted --port 3121

Exit status: 0 orderly end, 1 error, 64 wrong usage, 100 can't run here, don't restart.
`;

/** @throws AgentError CONFIG_INVALID for what it doesn't know, in one line */
export function readCommandLine(args: readonly string[]): CommandLine {
  const given = parse(args);
  const outputAs = given['output-as'] ?? 'text';
  const outputTo = given['output-to'];
  if (!isFormat(outputAs)) {
    throw wrongUsage(`Expected --output-as to be ${OUTPUT_FORMATS.join(', ')}, got "${outputAs}"`);
  }
  return {
    mode: given.help === true ? 'help' : given.version === true ? 'version' : 'run',
    logFiles: given.logfile ?? [],
    verbosity: given.verbose?.length ?? 0,
    outputAs,
    ...(given.port === undefined ? {} : { port: given.port }),
    ...(outputTo === undefined || outputTo === '-' ? {} : { outputTo }),
  };
}

/** What is wrong on the command line ends the start with status 64. */
export function wrongUsage(problem: string, cause?: unknown): AgentError {
  return new AgentError('CONFIG_INVALID', `${problem}. See --help`, { labels: ['config'], cause });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: ARGUMENTS, allowPositionals: false }).values;
  } catch (error) {
    throw wrongUsage(messageOf(error), error);
  }
}

function isFormat(text: string): text is OutputFormat {
  return OUTPUT_FORMATS.some((format) => format === text);
}
