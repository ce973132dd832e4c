import { type AuthenticationSettings, readAuthenticationOptions } from './authentication-options.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { type ControlSettings, readControlOptions } from './control-options.ts';
import { type Environment, pcmkOption } from './environment.ts';
import { noteIgnored } from './ignored-options.ts';
import { type InProcessSettings, readInProcessOptions } from './in-process-options.ts';
import { type IpcSettings, readIpcOptions } from './ipc-options.ts';
import { type ListenSettings, readListenOptions } from './listen-options.ts';
import { type LogSettings, readLogOptions } from './log-options.ts';
import type { Note, Notes } from './note.ts';
import { readShutdownTimeout } from './shutdown-timeout.ts';
import { readSoloOptions, type SoloSettings } from './solo-options.ts';
import { readToolsSocket } from './tools-options.ts';
import { readWatchdogOptions, type WatchdogSettings } from './watchdog-options.ts';

/** Everything that can be set for the daemon [protocol 8]. */
export interface DaemonOptions
  extends ListenSettings,
    AuthenticationSettings,
    WatchdogSettings,
    LogSettings,
    SoloSettings,
    Pick<CommandLine, 'mode' | 'outputAs' | 'outputTo'> {
  readonly nodeStartState?: string;
  /** Where OCF agents are: `resource.d` below it. */
  readonly ocfRoot: string;
  /** Schema files that came with Pacemaker's tools. */
  readonly schemaDirectory: string;
  /** Where newer ones are put that the cluster gives. */
  readonly remoteSchemaDirectory: string;
  /** How long the cluster may take to move everything away before the daemon ends, in ms. */
  readonly shutdownTimeoutMs: number;
  /** Not there = local tools can't connect. */
  readonly ipc?: IpcSettings;
  /** Where small tools of ours find the daemon; not there = they can't. */
  readonly toolsSocket?: string;
  readonly control: ControlSettings;
  readonly inProcess: InProcessSettings;
  readonly notes: readonly Note[];
}

export const DEFAULT_OCF_ROOT = '/usr/lib/ocf';
export const DEFAULT_SCHEMA_DIRECTORY = '/usr/share/pacemaker';
export const DEFAULT_REMOTE_SCHEMA_DIRECTORY = '/var/lib/pacemaker/schemas';

/** What a node may be told to be when it joins [protocol 3.3]. */
const START_STATES = ['default', 'online', 'standby'];

/**
 * Reads command line and environment. What is wrong in the environment is noted and the default used, as the C
 * daemon does it; what is wrong on the command line is an error.
 * @throws AgentError CONFIG_INVALID
 */
export function readOptions(args: readonly string[], env: Environment): DaemonOptions {
  const commandLine = readCommandLine(args);
  const { mode, outputAs, outputTo } = commandLine;
  const notes: Notes = [];
  const nodeStartState = readStartState(pcmkOption(env, 'node_start_state'), notes);
  const ipc = readIpcOptions(env, notes);
  const toolsSocket = readToolsSocket(env, notes);
  noteIgnored(env, notes);
  return {
    mode,
    outputAs,
    ...readLogOptions(commandLine, env, notes),
    ...readListenOptions(commandLine.port, env, notes),
    ...readAuthenticationOptions(env, notes),
    ...readWatchdogOptions(env, notes),
    ...readSoloOptions(env, notes),
    ocfRoot: env['OCF_ROOT'] ?? DEFAULT_OCF_ROOT,
    schemaDirectory: pcmkOption(env, 'schema_directory') ?? DEFAULT_SCHEMA_DIRECTORY,
    remoteSchemaDirectory: pcmkOption(env, 'remote_schema_directory') ?? DEFAULT_REMOTE_SCHEMA_DIRECTORY,
    shutdownTimeoutMs: readShutdownTimeout(env, notes),
    inProcess: readInProcessOptions(env, notes),
    control: readControlOptions(env, notes),
    notes,
    ...(ipc === undefined ? {} : { ipc }),
    ...(toolsSocket === undefined ? {} : { toolsSocket }),
    ...(outputTo === undefined ? {} : { outputTo }),
    ...(nodeStartState === undefined ? {} : { nodeStartState }),
  };
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
