import { appendFile } from 'node:fs/promises';
import type { Log } from './context.ts';
import type { Host } from './host.ts';
import { oneLine } from './plain-text.ts';

/** How long a call waits at its end for the log file. A file system that doesn't answer must not hold a result. */
const FILE_PATIENCE_MS = 500;

/** What stands for a value that nobody may see. */
const HIDDEN = '(private)';

/** Shorter ones would make holes in every text, and hide nothing. */
const SECRET_MIN_CHARACTERS = 4;

/** Whose words they are. */
export interface Speaker {
  readonly env: Readonly<Record<string, string>>;
  readonly agent: string;
  readonly instance: string;
  /** Values of private parameters: hidden wherever they turn up, such as in what a program wrote. */
  readonly secrets: readonly string[];
}

/**
 * What one call of an agent says. Log lines as `ocf_log` has them where there is no syslog: on standard error, which the
 * executor keeps as the action's output, and with `HA_LOGFILE` in that file. Debug lines only with `HA_debug`. Exit
 * reasons as `ocf_exit_reason` has them.
 */
export class CallLog implements Log {
  readonly #host: Host;
  readonly #tag: string;
  readonly #file: string;
  readonly #isDebugging: boolean;
  readonly #prefix: string;
  readonly #secrets: readonly string[];
  #written: Promise<void> = Promise.resolve();

  constructor(host: Host, { env, agent, instance, secrets }: Speaker) {
    this.#host = host;
    this.#tag = `${agent}(${oneLine(instance)})[${process.pid}]`;
    this.#file = env['HA_LOGFILE'] ?? '';
    this.#isDebugging = !['', '0'].includes(env['HA_debug'] ?? '');
    this.#prefix = env['OCF_EXIT_REASON_PREFIX'] || 'ocf-exit-reason:';
    this.#secrets = secrets.filter((secret) => secret.length >= SECRET_MIN_CHARACTERS);
  }

  debug(text: string): void {
    if (this.#isDebugging) {
      this.#log('DEBUG', text);
    }
  }

  info(text: string): void {
    this.#log('INFO', text);
  }

  warn(text: string): void {
    this.#log('WARNING', text);
  }

  error(text: string): void {
    this.#log('ERROR', text);
  }

  /** Why the action failed: one line, which Pacemaker takes from behind the prefix. */
  reason(text: string): void {
    const reason = this.#clean(text);
    this.#host.writeError(`${this.#prefix}${reason}\n`);
    this.#append(`ERROR: ${reason}`);
  }

  /** Resolves when the file has all, or has had its time. */
  async flush(): Promise<void> {
    if (this.#file === '') {
      return;
    }
    const inTime = new AbortController();
    await Promise.race([
      this.#written,
      this.#host.clock.sleep(FILE_PATIENCE_MS, inTime.signal).catch(() => undefined), // the file was faster
    ]);
    inTime.abort();
  }

  #log(level: string, text: string): void {
    const line = `${level}: ${this.#clean(text)}`;
    this.#host.writeError(`${line}\n`);
    this.#append(line);
  }

  #append(line: string): void {
    if (this.#file !== '') {
      const text = `${new Date().toISOString()} ${this.#tag}: ${line}\n`;
      // One after the other, in order. What can't be written there was written to standard error.
      this.#written = this.#written.then(() => appendFile(this.#file, text)).catch(() => undefined);
    }
  }

  /** The prefix inside a text, such as in a program's words, would make Pacemaker take what follows for the reason. */
  #clean(text: string): string {
    const shown = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
    return oneLine(shown.replaceAll(this.#prefix, ''));
  }
}
