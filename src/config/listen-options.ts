import { wrongUsage } from './command-line.ts';
import { type Environment, pcmkOption } from './environment.ts';
import type { Notes } from './note.ts';
import { DEFAULT_PORT } from './port.ts';

/** Where the daemon listens [protocol 1.1]. */
export interface ListenSettings {
  readonly port: number;
  /** Host names or addresses to listen on; none = all. */
  readonly addresses: readonly string[];
}

/** `argument` is the port of the command line. @throws AgentError CONFIG_INVALID when that is none */
export function readListenOptions(
  argument: string | undefined,
  env: Environment,
  notes: Notes,
): ListenSettings {
  return {
    port: readPort(argument, pcmkOption(env, 'remote_port'), notes),
    addresses: readAddresses(pcmkOption(env, 'remote_address')),
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

/** One or several, apart by commas or blanks; an IPv6 address may stand in brackets. */
function readAddresses(text: string | undefined): string[] {
  const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
  return [...new Set(words.map((word) => word.replace(/^\[(.*)\]$/, '$1')))];
}
