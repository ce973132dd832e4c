import { LOG_LEVELS, type LogLevel } from '../observe/events.ts';
import { LOG_FORMATS, type LogFormat } from '../observe/log-format.ts';
import { isBoolean, isTrue } from './boolean.ts';
import type { CommandLine } from './command-line.ts';
import { type Environment, pcmkOption } from './environment.ts';
import type { Notes } from './note.ts';

/** Where the log goes and how much of it [protocol 8.2]. */
export interface LogSettings {
  readonly logLevel: LogLevel;
  readonly isDebugging: boolean;
  readonly logToStderr: boolean;
  readonly logFiles: readonly string[];
  readonly logFileMode: number;
  /** Of standard output. */
  readonly logFormat: LogFormat;
}

const DEFAULT_MODE = 0o660;

/** What we go by in a list of daemons; the second is the program's older name. */
const OWN_NAMES: ReadonlySet<string> = new Set(['pacemaker-remoted', 'pacemaker_remoted']);

/** Whom `PCMK_debug` may name. */
const DAEMON_NAMES: ReadonlySet<string> = new Set([
  ...OWN_NAMES,
  'pacemakerd',
  ...['attrd', 'based', 'controld', 'execd', 'fenced', 'schedulerd'].map((name) => `pacemaker-${name}`),
]);

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

/** Facilities of syslog; `none` for not. */
const FACILITY = /^(none|kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7])$/;

export function readLogOptions(commandLine: CommandLine, env: Environment, notes: Notes): LogSettings {
  const isDebugging = readDebug(pcmkOption(env, 'debug'), notes);
  noteFacility(pcmkOption(env, 'logfacility'), notes);
  return {
    isDebugging,
    logLevel: readLevel(pcmkOption(env, 'logpriority'), isDebugging, commandLine.verbosity, notes),
    logToStderr: readStderr(pcmkOption(env, 'stderr'), notes),
    logFiles: [...commandLine.logFiles, pcmkOption(env, 'logfile') ?? 'none'].filter(
      (file) => file !== 'none',
    ),
    logFileMode: readMode(pcmkOption(env, 'logfile_mode'), notes),
    logFormat: readFormat(env['BUNDLET_LOG_FORMAT'] ?? '', notes),
  };
}

function readFormat(text: string, notes: Notes): LogFormat {
  const found = LOG_FORMATS.find((format) => format === text);
  if (found === undefined && text !== '') {
    const problem = `Expected ${LOG_FORMATS.join(', ')}, got "${text}"; using auto`;
    notes.push({ setting: 'BUNDLET_LOG_FORMAT', problem });
  }
  return found ?? 'auto';
}

/** A boolean, or a list of daemons [protocol 8.2]. */
function readDebug(text: string | undefined, notes: Notes): boolean {
  if (text === undefined || isBoolean(text)) {
    return isTrue(text);
  }
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !DAEMON_NAMES.has(name));
  if (unknown.length > 0) {
    notes.push({
      setting: 'PCMK_debug',
      problem: `Expected yes, no or a list of daemons such as pacemaker-remoted, got "${unknown.join(',')}"`,
    });
  }
  return names.some((name) => OWN_NAMES.has(name));
}

function readLevel(
  text: string | undefined,
  isDebugging: boolean,
  verbosity: number,
  notes: Notes,
): LogLevel {
  const asked = text === undefined ? 'info' : PRIORITIES.get(text.toLowerCase());
  if (asked === undefined) {
    notes.push({
      setting: 'PCMK_logpriority',
      problem: `Expected a syslog level, got "${text}"; using info`,
    });
  }
  const base = isDebugging ? 'debug' : (asked ?? 'info');
  const index = Math.min(LOG_LEVELS.indexOf(base) + verbosity, LOG_LEVELS.length - 1);
  return LOG_LEVELS[index] ?? 'debug';
}

function readStderr(text: string | undefined, notes: Notes): boolean {
  if (text !== undefined && !isBoolean(text)) {
    notes.push({ setting: 'PCMK_stderr', problem: `Expected yes or no, got "${text}"; using no` });
  }
  return isTrue(text);
}

function readMode(text: string | undefined, notes: Notes): number {
  if (text === undefined) {
    return DEFAULT_MODE;
  }
  if (/^[0-7]{3,4}$/.test(text)) {
    return Number.parseInt(text, 8);
  }
  notes.push({ setting: 'PCMK_logfile_mode', problem: `Expected an octal mode, got "${text}"; using 0660` });
  return DEFAULT_MODE;
}

/** It is for the agents, which log through syslog; the daemon doesn't. */
function noteFacility(text: string | undefined, notes: Notes): void {
  if (text !== undefined && text !== '/dev/null' && !FACILITY.test(text)) {
    notes.push({
      setting: 'PCMK_logfacility',
      problem: `Expected a facility of syslog or none, got "${text}"; agents get it as it is`,
    });
  }
}
