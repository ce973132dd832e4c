import { resolve } from 'node:path';
import type { Action, ActionRunner, RunningAction } from './action.ts';
import { readLsbHeader } from './lsb-header.ts';
import { lsbMetadata } from './metadata.ts';
import { lookupFailure } from './process-result.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

/** The header stands at a script's beginning; more of it is not read. */
const READ_LIMIT_BYTES = 64 * 1024;

/**
 * Metadata of an init script: made of its header, because init scripts know no action for it.
 * @throws the error of the file system
 */
export async function metadataOfScript(directory: string, script: string): Promise<string> {
  const { open } = await import('node:fs/promises');
  const file = await open(resolve(directory, script));
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(READ_LIMIT_BYTES) });
    return lsbMetadata(script, readLsbHeader(buffer.toString('utf8', 0, bytesRead)));
  } finally {
    await file.close();
  }
}

/** Answers `meta-data` in place of init scripts, and hands every other action on. */
export class LsbWithMetadata implements ActionRunner {
  readonly #lsb: ActionRunner;
  readonly #directory: string;

  constructor(lsb: ActionRunner, directory: string) {
    this.#lsb = lsb;
    this.#directory = directory;
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    if (action.name.toLowerCase() !== 'meta-data') {
      return this.#lsb.run(action, onEnd);
    }
    const path = resolve(this.#directory, action.rsc.type);
    metadataOfScript(this.#directory, action.rsc.type)
      .then(
        (output) => ({ ...plainResult(OCF.ok, STATUS.done), output }),
        ({ code = 'EIO' }: NodeJS.ErrnoException) => lookupFailure(path, code),
      )
      .then(onEnd);
    // Over in a moment, and nothing runs.
    return { kill: () => undefined };
  }
}
