import { appendFile } from 'node:fs';
import type { Log } from './context.ts';
import type { Host } from './host.ts';

/** Whose log it is. */
export interface LogSource {
  readonly env: Readonly<Record<string, string>>;
  readonly agent: string;
  readonly instance: string;
}

/**
 * A log as `ocf_log` has it where there is no syslog: lines on standard error, which the executor keeps as the action's
 * output; and, with `HA_LOGFILE`, in that file. Debug lines only with `HA_debug`.
 */
export function makeLog(host: Host, { env, agent, instance }: LogSource): Log {
  const file = env['HA_LOGFILE'] ?? '';
  const isDebugging = !['', '0'].includes(env['HA_debug'] ?? '');
  const write = (level: string, text: string): void => {
    const line = `${level}: ${text}\n`;
    host.writeError(line);
    if (file !== '') {
      // What can't be written there was written to standard error.
      appendFile(
        file,
        `${new Date().toISOString()} ${agent}(${instance})[${process.pid}]: ${line}`,
        () => undefined,
      );
    }
  };
  return {
    debug: (text) => {
      if (isDebugging) {
        write('DEBUG', text);
      }
    },
    info: (text) => write('INFO', text),
    warn: (text) => write('WARNING', text),
    error: (text) => write('ERROR', text),
  };
}
