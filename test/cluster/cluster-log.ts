import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import type { Testbed } from './testbed.ts';
import { until } from './wait.ts';

/** So much of a log's end is looked at. */
const TAIL_BYTES = 600_000;

export interface LogLine {
  readonly timeMs: number;
  readonly text: string;
}

/** Pacemaker's own logs of all nodes, which have milliseconds: where the times come from. */
export class ClusterLog {
  private readonly testbed: Testbed;
  private readonly utcOffset: string;

  private constructor(testbed: Testbed, utcOffset: string) {
    this.testbed = testbed;
    this.utcOffset = utcOffset;
  }

  static async open(testbed: Testbed): Promise<ClusterLog> {
    return new ClusterLog(testbed, (await testbed.on('node1', 'date', '+%:z')).trim());
  }

  /** Lines since `sinceMs` that match, oldest first, of all nodes. */
  find(pattern: RegExp, sinceMs: number): LogLine[] {
    const year = new Date().getFullYear();
    return this.files()
      .flatMap((file) => readTail(file).split('\n'))
      .filter((text) => pattern.test(text))
      .map((text) => ({
        text,
        timeMs: Date.parse(`${text.slice(0, 6)} ${year} ${text.slice(7, 19)} ${this.utcOffset}`),
      }))
      .filter((line) => line.timeMs >= sinceMs)
      .sort((a, b) => a.timeMs - b.timeMs);
  }

  async wait(pattern: RegExp, sinceMs: number, seconds: number): Promise<LogLine> {
    const { signal } = this.testbed;
    return until(
      { what: `a line ${pattern} in the cluster's log`, seconds, signal },
      () => this.find(pattern, sinceMs)[0],
    );
  }

  private files(): string[] {
    return readdirSync(this.testbed.hostsFolder)
      .filter((host) => host.startsWith('node'))
      .map((host) => `${this.testbed.hostsFolder}/${host}/data/var/log/pacemaker/pacemaker.log`)
      .filter((file) => existsSync(file));
  }
}

/** The cluster's word on one finished operation. */
export const resultOf = (operation: string, rsc: string, result = 'ok'): RegExp =>
  new RegExp(`Result of ${operation} operation for ${rsc} on \\S+: (${result})`);

function readTail(file: string): string {
  const size = statSync(file).size;
  const start = Math.max(0, size - TAIL_BYTES);
  const buffer = Buffer.alloc(size - start);
  const descriptor = openSync(file, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, start));
  } finally {
    closeSync(descriptor);
  }
}
