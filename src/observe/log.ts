import { closeSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { createLogger, type Logger } from 'winston';
import Transport from 'winston-transport';
import { messageOf } from '../errors/agent-error.ts';
import { channelOf, EVENTS, type EventFields, type EventName, LOG_LEVELS, type LogLevel } from './events.ts';
import { jsonLine, type LogEntry, plainLine } from './log-format.ts';

export interface LogOptions {
  /** The most detailed level that is written. */
  readonly level: LogLevel;
  /** Standard error instead of standard output, as `PCMK_stderr` asks. */
  readonly toStderr: boolean;
  /** Files that get every line too, as JSON. */
  readonly files: readonly string[];
  /** Mode of files that are made, such as `0o660`. */
  readonly fileMode: number;
}

/** The running log. */
export interface Log {
  close(): void;
}

const LEVELS = Object.fromEntries(LOG_LEVELS.map((level, index) => [level, index]));

/**
 * Writes lines to a descriptor at once: a daemon that crashes leaves its last words. A line that can't be written
 * (disk full, pipe full and not blocking) is counted, and the count is told with the next one that can.
 */
class DescriptorTransport extends Transport {
  readonly #descriptor: number;
  readonly #format: (entry: LogEntry) => string;
  #lostLines = 0;

  constructor(descriptor: number, format: (entry: LogEntry) => string) {
    super();
    this.#descriptor = descriptor;
    this.#format = format;
  }

  override log(entry: LogEntry, done: () => void): void {
    const fields = this.#lostLines === 0 ? entry.fields : { ...entry.fields, lostLines: this.#lostLines };
    try {
      writeSync(this.#descriptor, `${this.#format({ ...entry, fields })}\n`);
      this.#lostLines = 0;
    } catch {
      // There is nowhere left to tell it.
      this.#lostLines += 1;
    }
    done();
  }
}

/** Listens to every event up to the level and writes it. A file that can't be opened is told of and left out. */
export function startLog(options: LogOptions): Log {
  const descriptor = options.toStderr ? 2 : 1;
  const transports = [new DescriptorTransport(descriptor, isatty(descriptor) ? plainLine : jsonLine)];
  const opened: number[] = [];
  const faults: EventFields[] = [];
  for (const file of options.files) {
    try {
      const fileDescriptor = openSync(file, 'a', options.fileMode);
      opened.push(fileDescriptor);
      transports.push(new DescriptorTransport(fileDescriptor, jsonLine));
    } catch (error) {
      faults.push({ setting: 'PCMK_logfile', file, problem: messageOf(error) });
    }
  }
  const logger = createLogger({ levels: LEVELS, level: options.level, transports });
  const unsubscribe = subscribe(logger, options.level);
  for (const fault of faults) {
    write(logger, 'daemon.note', fault);
  }
  return {
    close: () => {
      unsubscribe();
      logger.close();
      for (const fileDescriptor of opened) {
        closeSync(fileDescriptor);
      }
    },
  };
}

function subscribe(logger: Logger, level: LogLevel): () => void {
  const names = (Object.keys(EVENTS) as EventName[]).filter(
    (name) => LOG_LEVELS.indexOf(EVENTS[name].level) <= LOG_LEVELS.indexOf(level),
  );
  const subscriptions = names.map((name) => {
    const listener = (fields: unknown): void => write(logger, name, fields as EventFields);
    channelOf(name).subscribe(listener);
    return () => channelOf(name).unsubscribe(listener);
  });
  return () => {
    for (const unsubscribe of subscriptions) {
      unsubscribe();
    }
  };
}

function write(logger: Logger, event: EventName, fields: EventFields): void {
  const { level, text } = EVENTS[event];
  // winston wants a message; ours is in the entry.
  const entry: LogEntry & { message: string } = {
    time: new Date(),
    level,
    event,
    text,
    fields,
    message: text,
  };
  logger.log(entry);
}
