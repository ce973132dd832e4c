// What every integration test must leave as it found it: no child, no zombie, no descriptor, no file, and no line in
// a log that tells of a fault (style anchors, rule 31; CTS calls the last one "BadNews").
import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach } from 'vitest';
import { readProcess, until } from './pid-namespace.ts';

export interface AuditOptions {
  /** Directories in which no file may be left over. */
  readonly dirs?: readonly string[];
}

export interface LogCheck {
  readonly text: string;
  /** Lines that look bad but are what the test wants to see. */
  readonly expected?: readonly RegExp[];
}

const BAD_NEWS =
  /\b(error|fatal|panic|assert\w*|internal|unhandled|uncaught|deprecat\w+|leak\w*|segfault|segmentation|sanitizer)\b/i;

// Node opens these by itself when it needs them first, once and for good.
const OWN_DESCRIPTORS = /^anon_inode:\[(eventpoll|eventfd|io_uring|timerfd)\]$/;

function listChildren(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((info) => info !== undefined && info.parent === process.pid)
    .map((info) =>
      info === undefined ? '' : `${info.name} (pid ${info.pid}${info.state === 'Z' ? ', a zombie' : ''})`,
    );
}

function listDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return OWN_DESCRIPTORS.test(target) ? [] : [`${fd} → ${target}`];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });
}

function listFiles(dirs: readonly string[]): string[] {
  return dirs.flatMap((dir) => {
    try {
      return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => `${dir}/${name}`);
    } catch {
      return []; // a directory that does not exist holds nothing
    }
  });
}

/** Every line that looks like a fault and was not expected. */
export function findBadNews({ text, expected = [] }: LogCheck): string[] {
  return text
    .split('\n')
    .filter((line) => BAD_NEWS.test(line) && !expected.some((pattern) => pattern.test(line)));
}

export class Audit {
  readonly #dirs: readonly string[];
  readonly #children: ReadonlySet<string>;
  readonly #descriptors: number;
  readonly #files: ReadonlySet<string>;
  readonly #logs: LogCheck[] = [];

  constructor(options: AuditOptions = {}) {
    this.#dirs = options.dirs ?? [];
    this.#children = new Set(listChildren());
    this.#descriptors = listDescriptors().length;
    this.#files = new Set(listFiles(this.#dirs));
  }

  /** Hands in a log; it is read when the audit ends. */
  log(text: string, expected: readonly RegExp[] = []): void {
    this.#logs.push({ text, expected });
  }

  #leftovers(): string[] {
    const descriptors = listDescriptors();
    return [
      ...listChildren()
        .filter((child) => !this.#children.has(child))
        .map((child) => `child ${child}`),
      ...listFiles(this.#dirs)
        .filter((file) => !this.#files.has(file))
        .map((file) => `file ${file}`),
      ...(descriptors.length > this.#descriptors
        ? [`descriptors: ${this.#descriptors} before, now ${descriptors.join(', ')}`]
        : []),
    ];
  }

  /** Throws with everything that was left. What is being closed right now is waited for. */
  async verify(): Promise<void> {
    await until(
      () => this.#leftovers().length === 0,
      () => `nothing left over, but there are\n${this.#leftovers().join('\n')}`,
    );
    const badNews = this.#logs.flatMap(findBadNews);
    if (badNews.length > 0) throw new Error(`Unexpected lines in the log\n${badNews.join('\n')}`);
  }
}

/** Audits each test of the file. The function gives the audit of the running test. */
export function useAudit(options: AuditOptions = {}): () => Audit {
  let audit = new Audit(options);
  beforeEach(() => {
    audit = new Audit(options);
  });
  afterEach(() => audit.verify());
  return () => audit;
}
