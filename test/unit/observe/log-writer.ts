// A program that starts the log and does what it is told, so that a test can look at real descriptors.
// Arguments: the log's options as JSON, then steps as JSON.
import { closeSync, openSync } from 'node:fs';
import { type EventFields, type EventName, emit } from '../../../src/observe/events.ts';
import { type LogOptions, startLog } from '../../../src/observe/log.ts';

export type Step =
  | { readonly emit: EventName; readonly fields?: EventFields }
  /** Closes a descriptor; the next `open` gets the same number. */
  | { readonly close: number }
  | { readonly open: string }
  | { readonly end: true };

const [options = '{}', ...steps] = process.argv.slice(2);
const log = startLog(JSON.parse(options) as LogOptions);
for (const text of steps) {
  const step = JSON.parse(text) as Step;
  if ('emit' in step) {
    emit(step.emit, step.fields);
  } else if ('close' in step) {
    closeSync(step.close);
  } else if ('open' in step) {
    openSync(step.open, 'a');
  } else {
    log.close();
  }
}
log.close();
