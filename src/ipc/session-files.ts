import { chmodSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { removeAll } from './remove-all.ts';
import { type FileOwner, RingFiles } from './ring-files.ts';
import { HEADER } from './ring-layout.ts';
import type { RingPaths } from './set-up.ts';

/**
 * Everybody may pass; each file says who may open it. Nobody but the daemon may make anything here or rename it, as in libqb's
 * own (0770): it is removed with all that is in it, and what another exchanges for a link meanwhile would be removed instead.
 */
const DIRECTORY_MODE = 0o711;

export interface SessionFilesOptions {
  /** Where the connection's own directory is made. */
  readonly parent: string;
  /** libqb's name of the service: a part of the names of the files. */
  readonly service: string;
  readonly ringBytes: number;
  readonly owner: FileOwner;
}

/** The files of one connection: three rings in a directory of their own, under a name that can't be guessed. */
export class SessionFiles {
  readonly paths: RingPaths;
  readonly request: RingFiles;
  readonly response: RingFiles;
  readonly event: RingFiles;
  readonly #directory: string;

  /** All of it or nothing. @throws the system's error */
  constructor({ parent, service, ringBytes, owner }: SessionFilesOptions) {
    this.#directory = mkdtempSync(join(parent, 'qb-'));
    this.paths = {
      request: join(this.#directory, `qb-request-${service}`),
      response: join(this.#directory, `qb-response-${service}`),
      event: join(this.#directory, `qb-event-${service}`),
    };
    const made: RingFiles[] = [];
    const make = (path: string, headerBytes: number = HEADER.bytes): RingFiles => {
      const files = RingFiles.make({ path, headerBytes, ringBytes, owner });
      made.push(files);
      return files;
    };
    try {
      chmodSync(this.#directory, DIRECTORY_MODE);
      this.request = make(this.paths.request, HEADER.requestBytes);
      this.response = make(this.paths.response);
      this.event = make(this.paths.event);
    } catch (thrown) {
      for (const files of made) {
        files.close();
      }
      this.#remove();
      throw thrown;
    }
  }

  /** Unmaps, closes, removes; in this order, so that nothing is touched that a client may cut short. */
  close(): void {
    this.request.close();
    this.response.close();
    this.event.close();
    this.#remove();
  }

  #remove(): void {
    // Not file by file: root's tools may have put more there, or have removed some.
    removeAll(this.#directory);
  }
}
