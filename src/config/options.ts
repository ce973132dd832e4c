import { parseArgs } from 'node:util';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { LOG_LEVELS, type LogLevel } from '../observe/events.ts';
import { isTrue } from './boolean.ts';
import { parseDuration } from './duration.ts';
import { type Environment, pcmkOption } from './environment.ts';
import { DEFAULT_PORT } from './port.ts';

/** A setting that deserves a line in the log, once there is one. */
export interface Note {
  readonly setting: string;
  readonly problem: string;
}

/** Everything that can be set for the daemon [protocol 8]. */
export interface DaemonOptions {
  readonly mode: 'run' | 'help' | 'version';
  readonly port: number;
  /** Host name or address to listen on; absent = all. */
  readonly address?: string;
  /** The one place to look for the key; absent = the usual ones. */
  readonly keyLocation?: string;
  readonly tlsPriorities: string;
  /** `TCP_USER_TIMEOUT` of accepted sockets, in ms: half the watchdog's timeout [protocol 1.1]. */
  readonly userTimeoutMs?: number;
  /** `SBD_WATCHDOG_TIMEOUT` in ms [protocol 4.9]. */
  readonly watchdogTimeoutMs?: number;
  /** Whether the daemon ends where the cluster relies on a watchdog that would not protect; default: it is logged. */
  readonly endsUnprotected: boolean;
  readonly nodeStartState?: string;
  /** Where OCF agents are: `resource.d` below it. */
  readonly ocfRoot: string;
  readonly logLevel: LogLevel;
  readonly isDebugging: boolean;
  readonly logToStderr: boolean;
  readonly logFiles: readonly string[];
  readonly logFileMode: number;
  readonly notes: readonly Note[];
}

export const DEFAULT_OCF_ROOT = '/usr/lib/ocf';
const DEFAULT_LOG_MODE = 0o660;
const DAEMON_NAME = 'pacemaker-remoted';

/** Names of syslog levels that mean one of ours. */
const PRIORITIES: ReadonlyMap<string, LogLevel> = new Map([
  ['emerg', 'error'],
  ['alert', 'error'],
  ['crit', 'error'],
  ['critical', 'error'],
  ['error', 'error'],
  ['warning', 'warning'],
  ['notice', 'notice'],
  ['info', 'info'],
  ['debug', 'debug'],
  ['trace', 'debug'],
]);

/** What comes with later versions: told once at start, so that nobody believes it works. */
const NOT_YET = ['dh_max_bits', 'dh_min_bits', 'blackbox', 'trace_functions', 'trace_files', 'trace_tags'];

const X509 = ['ca_file', 'cert_file', 'key_file'];

const ARGUMENTS = {
  port: { type: 'string', short: 'p' },
  logfile: { type: 'string', short: 'l', multiple: true },
  verbose: { type: 'boolean', short: 'V', multiple: true },
  help: { type: 'boolean', short: '?' },
  version: { type: 'boolean', short: '$' },
} as const;

export const USAGE = `Usage: pacemaker-remoted [OPTION...]

The Pacemaker Remote daemon of Bundlet: runs resource agents for a cluster that connects to TCP port 3121.

  -p, --port PORT      TCP port to listen on (${DEFAULT_PORT}; also PCMK_remote_port)
  -l, --logfile FILE   write the log to this file too; may be given several times (also PCMK_logfile)
  -V, --verbose        log more; may be given several times
  -?, --help           this text
  -$, --version        the version

Settings are read from the environment: PCMK_remote_address, PCMK_authkey_location, PCMK_tls_priorities,
PCMK_stderr, PCMK_debug and others, see docs/options.md.
Example: PCMK_authkey_location=./authkey pacemaker-remoted --port 3121

Exit status: 0 orderly end, 1 error, 64 wrong usage, 100 can't run here, don't restart.
`;

/**
 * Reads command line and environment. What is wrong in the environment is noted and the default used, as the C
 * daemon does it; what is wrong on the command line is an error.
 * @throws AgentError CONFIG_INVALID
 */
export function readOptions(args: readonly string[], env: Environment): DaemonOptions {
  const given = readArguments(args);
  const notes: Note[] = [];
  const address = pcmkOption(env, 'remote_address');
  const keyLocation = pcmkOption(env, 'authkey_location');
  const nodeStartState = pcmkOption(env, 'node_start_state');
  const watchdogTimeoutMs = readWatchdog(env, notes);
  const isDebugging = isDebugged(pcmkOption(env, 'debug'));
  noteUnsupported(env, notes);
  return {
    mode: given.help === true ? 'help' : given.version === true ? 'version' : 'run',
    port: readPort(given.port, pcmkOption(env, 'remote_port'), notes),
    tlsPriorities: pcmkOption(env, 'tls_priorities') ?? 'NORMAL',
    ocfRoot: env['OCF_ROOT'] ?? DEFAULT_OCF_ROOT,
    endsUnprotected: readWatchdogCheck(env, notes),
    isDebugging,
    logLevel: readLevel(pcmkOption(env, 'logpriority'), isDebugging, given.verbose?.length ?? 0, notes),
    logToStderr: isTrue(pcmkOption(env, 'stderr')),
    logFiles: [...(given.logfile ?? []), pcmkOption(env, 'logfile') ?? 'none'].filter(
      (file) => file !== 'none',
    ),
    logFileMode: readMode(pcmkOption(env, 'logfile_mode'), notes),
    notes,
    ...(address === undefined ? {} : { address }),
    ...(keyLocation === undefined ? {} : { keyLocation }),
    ...(nodeStartState === undefined ? {} : { nodeStartState }),
    ...(watchdogTimeoutMs === undefined ? {} : watchdogTimes(watchdogTimeoutMs)),
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: ARGUMENTS, allowPositionals: false }).values;
  } catch (error) {
    throw new AgentError('CONFIG_INVALID', `${messageOf(error)}. See --help`, {
      labels: ['config'],
      cause: error,
    });
  }
}

function readPort(argument: string | undefined, variable: string | undefined, notes: Note[]): number {
  const text = argument ?? variable;
  if (text === undefined) {
    return DEFAULT_PORT;
  }
  const port = /^\d+$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (port >= 1 && port <= 65_535) {
    return port;
  }
  const problem = `Expected a port from 1 to 65535, got "${text}"`;
  if (argument !== undefined) {
    throw new AgentError('CONFIG_INVALID', `${problem}. See --help`, { labels: ['config'] });
  }
  notes.push({ setting: 'PCMK_remote_port', problem: `${problem}; using ${DEFAULT_PORT}` });
  return DEFAULT_PORT;
}

function readWatchdog(env: Environment, notes: Note[]): number | undefined {
  const text = env['SBD_WATCHDOG_TIMEOUT'];
  if (text === undefined || text === '') {
    return undefined;
  }
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined) {
    notes.push({
      setting: 'SBD_WATCHDOG_TIMEOUT',
      problem: `Expected a time such as 5s, got "${text}"; not used`,
    });
    return undefined;
  }
  return timeoutMs > 1 ? timeoutMs : undefined;
}

function watchdogTimes(watchdogTimeoutMs: number) {
  return { watchdogTimeoutMs, userTimeoutMs: Math.trunc(watchdogTimeoutMs / 2) };
}

/** What a failed watchdog check does; the C daemon always ends. */
function readWatchdogCheck(env: Environment, notes: Note[]): boolean {
  const text = env['BUNDLET_WATCHDOG_CHECK'] ?? '';
  if (!['', 'log', 'exit'].includes(text)) {
    notes.push({
      setting: 'BUNDLET_WATCHDOG_CHECK',
      problem: `Expected log or exit, got "${text}"; using log`,
    });
  }
  return text === 'exit';
}

function readLevel(text: string | undefined, isDebugging: boolean, verbose: number, notes: Note[]): LogLevel {
  const asked = text === undefined ? 'info' : PRIORITIES.get(text.toLowerCase());
  if (asked === undefined) {
    notes.push({
      setting: 'PCMK_logpriority',
      problem: `Expected a syslog level, got "${text}"; using info`,
    });
  }
  const base = isDebugging ? 'debug' : (asked ?? 'info');
  const index = Math.min(LOG_LEVELS.indexOf(base) + verbose, LOG_LEVELS.length - 1);
  return LOG_LEVELS[index] ?? 'debug';
}

function readMode(text: string | undefined, notes: Note[]): number {
  if (text === undefined) {
    return DEFAULT_LOG_MODE;
  }
  if (/^[0-7]{3,4}$/.test(text)) {
    return Number.parseInt(text, 8);
  }
  notes.push({ setting: 'PCMK_logfile_mode', problem: `Expected an octal mode, got "${text}"; using 0660` });
  return DEFAULT_LOG_MODE;
}

function noteUnsupported(env: Environment, notes: Note[]): void {
  if (X509.every((name) => (pcmkOption(env, name) ?? env[`CIB_${name}`] ?? '') !== '')) {
    throw new AgentError(
      'CONFIG_INVALID',
      'Expected authentication by key, got PCMK_ca_file, PCMK_cert_file and PCMK_key_file: X.509 is not there yet. ' +
        'Unset them on all ends to use the key',
      { labels: ['config', 'fatal'] },
    );
  }
  for (const name of NOT_YET) {
    if (pcmkOption(env, name) !== undefined) {
      notes.push({ setting: `PCMK_${name}`, problem: 'Accepted, has no effect in this daemon' });
    }
  }
  if (env['SSLKEYLOGFILE'] !== undefined) {
    notes.push({
      setting: 'SSLKEYLOGFILE',
      problem: 'GnuTLS writes the secrets of every connection to that file',
    });
  }
}

/** `PCMK_debug` is a boolean or a list of daemons. */
function isDebugged(text: string | undefined): boolean {
  return isTrue(text) || (text ?? '').split(',').includes(DAEMON_NAME);
}
