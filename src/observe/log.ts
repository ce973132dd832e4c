import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { createLogger, type Logger } from 'winston';
import Transport from 'winston-transport';
import { messageOf } from '../errors/agent-error.ts';
import { type Clock, systemClock } from './clock.ts';
import {
  channelOf,
  EVENTS,
  type EventFields,
  type EventName,
  emit,
  LOG_LEVELS,
  type LogLevel,
} from './events.ts';
import { LineWriter } from './line-writer.ts';
import { openLogFile } from './log-file.ts';
import { jsonLine, type LogEntry, type LogFormat, plainLine } from './log-format.ts';

export interface LogOptions {
  /** The most detailed level that is written. */
  readonly level: LogLevel;
  /** Standard error instead of standard output, as `PCMK_stderr` asks. */
  readonly toStderr: boolean;
  /** Of the standard stream; files are always JSON. */
  readonly format: LogFormat;
  /** Files that get every line too, as JSON. */
  readonly files: readonly string[];
  /** Mode of files that are made, such as `0o660`. */
  readonly fileMode: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** The running log. */
export interface Log {
  /** The most detailed level that is written; may be set at any time. */
  level: LogLevel;
  close(): void;
}

const LEVELS = Object.fromEntries(LOG_LEVELS.map((level, index) => [level, index]));

/** winston's end of a `LineWriter`. */
class LineTransport extends Transport {
  readonly #writer: LineWriter;
  readonly #format: (entry: LogEntry) => string;

  constructor(writer: LineWriter, format: (entry: LogEntry) => string) {
    super();
    this.#writer = writer;
    this.#format = format;
  }

  override log(entry: LogEntry, done: () => void): void {
    this.#writer.write((lostLines) =>
      this.#format(lostLines === 0 ? entry : { ...entry, fields: { ...entry.fields, lostLines } }),
    );
    done();
  }
}

/** Listens to every event up to the level and writes it. A file that can't be opened is told of and left out. */
export function startLog(options: LogOptions): Log {
  const { clock = systemClock } = options;
  const writers: LineWriter[] = [];
  const transportTo = (descriptor: number, format: (entry: LogEntry) => string): LineTransport => {
    const writer = new LineWriter(descriptor, clock);
    writers.push(writer);
    return new LineTransport(writer, format);
  };
  const stream = options.toStderr ? 2 : 1;
  const isForPeople = options.format === 'human' || (options.format === 'auto' && isatty(stream));
  const transports = [transportTo(stream, isForPeople ? plainLine : jsonLine)];
  const opened: number[] = [];
  const faults: EventFields[] = [];
  for (const file of options.files) {
    try {
      const descriptor = openLogFile(file, options.fileMode);
      opened.push(descriptor);
      transports.push(transportTo(descriptor, jsonLine));
    } catch (error) {
      faults.push({ setting: 'PCMK_logfile', file, problem: messageOf(error) });
    }
  }
  const logger = createLogger({ levels: LEVELS, level: options.level, transports });
  let unsubscribe = subscribe(logger, options.level);
  for (const fault of faults) {
    write(logger, 'daemon.note', fault);
  }
  return {
    get level() {
      return logger.level as LogLevel;
    },
    set level(level) {
      if (level !== logger.level) {
        unsubscribe();
        logger.level = level;
        unsubscribe = subscribe(logger, level);
        emit('log.level', { level });
      }
    },
    close: () => {
      unsubscribe();
      logger.close();
      for (const writer of writers) {
        writer.close();
      }
      for (const descriptor of opened.splice(0)) {
        closeSync(descriptor);
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
