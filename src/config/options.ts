import { AgentError } from '../errors/agent-error.ts';
import { type CommandLine, readCommandLine, wrongUsage } from './command-line.ts';
import { parseDuration } from './duration.ts';
import { type Environment, pcmkOption } from './environment.ts';
import { noteIgnored } from './ignored-options.ts';
import { type LogSettings, readLogOptions } from './log-options.ts';
import type { Note, Notes } from './note.ts';
import { DEFAULT_PORT } from './port.ts';
import { readShutdownTimeout } from './shutdown-timeout.ts';

/** Everything that can be set for the daemon [protocol 8]. */
export interface DaemonOptions extends LogSettings, Pick<CommandLine, 'mode' | 'outputAs' | 'outputTo'> {
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
  /** Schema files that came with Pacemaker's tools. */
  readonly schemaDirectory: string;
  /** Where newer ones are put that the cluster gives. */
  readonly remoteSchemaDirectory: string;
  /** How long the cluster may take to move everything away before the daemon ends, in ms. */
  readonly shutdownTimeoutMs: number;
  readonly notes: readonly Note[];
}

export const DEFAULT_OCF_ROOT = '/usr/lib/ocf';
export const DEFAULT_SCHEMA_DIRECTORY = '/usr/share/pacemaker';
export const DEFAULT_REMOTE_SCHEMA_DIRECTORY = '/var/lib/pacemaker/schemas';

/** What a node may be told to be when it joins [protocol 3.3]. */
const START_STATES = ['default', 'online', 'standby'];

const X509 = ['ca_file', 'cert_file', 'key_file'];

/**
 * Reads command line and environment. What is wrong in the environment is noted and the default used, as the C
 * daemon does it; what is wrong on the command line is an error.
 * @throws AgentError CONFIG_INVALID
 */
export function readOptions(args: readonly string[], env: Environment): DaemonOptions {
  const commandLine = readCommandLine(args);
  const { mode, outputAs, outputTo } = commandLine;
  const notes: Notes = [];
  const address = pcmkOption(env, 'remote_address');
  const keyLocation = pcmkOption(env, 'authkey_location');
  const nodeStartState = readStartState(pcmkOption(env, 'node_start_state'), notes);
  const watchdogTimeoutMs = readWatchdog(env, notes);
  refuseX509(env);
  noteIgnored(env, notes);
  noteKeyLog(env, notes);
  return {
    mode,
    outputAs,
    ...readLogOptions(commandLine, env, notes),
    port: readPort(commandLine.port, pcmkOption(env, 'remote_port'), notes),
    tlsPriorities: pcmkOption(env, 'tls_priorities') ?? 'NORMAL',
    ocfRoot: env['OCF_ROOT'] ?? DEFAULT_OCF_ROOT,
    endsUnprotected: readWatchdogCheck(env, notes),
    schemaDirectory: pcmkOption(env, 'schema_directory') ?? DEFAULT_SCHEMA_DIRECTORY,
    remoteSchemaDirectory: pcmkOption(env, 'remote_schema_directory') ?? DEFAULT_REMOTE_SCHEMA_DIRECTORY,
    shutdownTimeoutMs: readShutdownTimeout(env, notes),
    notes,
    ...(outputTo === undefined ? {} : { outputTo }),
    ...(address === undefined ? {} : { address }),
    ...(keyLocation === undefined ? {} : { keyLocation }),
    ...(nodeStartState === undefined ? {} : { nodeStartState }),
    ...(watchdogTimeoutMs === undefined ? {} : watchdogTimes(watchdogTimeoutMs)),
  };
}

function readPort(argument: string | undefined, variable: string | undefined, notes: Notes): number {
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
    throw wrongUsage(problem);
  }
  notes.push({ setting: 'PCMK_remote_port', problem: `${problem}; using ${DEFAULT_PORT}` });
  return DEFAULT_PORT;
}

function readStartState(text: string | undefined, notes: Notes): string | undefined {
  if (text === undefined || START_STATES.includes(text)) {
    return text;
  }
  notes.push({
    setting: 'PCMK_node_start_state',
    problem: `Expected ${START_STATES.join(', ')}, got "${text}"; the cluster is told nothing`,
  });
  return undefined;
}

function readWatchdog(env: Environment, notes: Notes): number | undefined {
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
function readWatchdogCheck(env: Environment, notes: Notes): boolean {
  const text = env['BUNDLET_WATCHDOG_CHECK'] ?? '';
  if (!['', 'log', 'exit'].includes(text)) {
    notes.push({
      setting: 'BUNDLET_WATCHDOG_CHECK',
      problem: `Expected log or exit, got "${text}"; using log`,
    });
  }
  return text === 'exit';
}

function refuseX509(env: Environment): void {
  if (X509.every((name) => (pcmkOption(env, name) ?? env[`CIB_${name}`] ?? '') !== '')) {
    throw new AgentError(
      'CONFIG_INVALID',
      'Expected authentication by key, got PCMK_ca_file, PCMK_cert_file and PCMK_key_file: X.509 is not there yet. ' +
        'Unset them on all ends to use the key',
      { labels: ['config', 'fatal'] },
    );
  }
}

function noteKeyLog(env: Environment, notes: Notes): void {
  if (env['SSLKEYLOGFILE'] !== undefined) {
    notes.push({
      setting: 'SSLKEYLOGFILE',
      problem: 'GnuTLS writes the secrets of every connection to that file',
    });
  }
}
