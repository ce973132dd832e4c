import type { RunEvent } from '../result.ts';
import type { Reporter, View, Write } from './reporter.ts';

/** The report as one JSON document, at the end [docs/conformance/report.schema.json]. */
export class JsonReporter implements Reporter {
  readonly #write: Write;

  constructor(write: Write, _view: View) {
    this.#write = write;
  }

  take(event: RunEvent): void {
    if (event.type === 'ended') {
      this.#write(`${JSON.stringify(event.report, undefined, 2)}\n`);
    }
  }

  close(): void {
    // Nothing is held.
  }
}

/** Every event as a line of JSON, at once. */
export class NdjsonReporter implements Reporter {
  readonly #write: Write;

  constructor(write: Write, _view: View) {
    this.#write = write;
  }

  take(event: RunEvent): void {
    this.#write(`${JSON.stringify(event)}\n`);
  }

  close(): void {
    // Nothing is held.
  }
}
