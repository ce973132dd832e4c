import { RingReader, RingWriter } from './ring.ts';
import { ringBytes } from './ring-layout.ts';
import type { Rings } from './rings.ts';
import { SessionFiles, type SessionFilesOptions } from './session-files.ts';
import type { RingPaths } from './set-up.ts';

export interface ClientRingsOptions extends Omit<SessionFilesOptions, 'ringBytes'> {
  readonly maxBytes: number;
  readonly pageBytes: number;
}

/** The three rings of one client in files. */
export class ClientRings implements Rings {
  readonly request: RingReader;
  readonly response: RingWriter;
  readonly event: RingWriter;
  readonly #files: SessionFiles;

  /** @throws the system's error; then nothing is left */
  constructor({ maxBytes, pageBytes, ...place }: ClientRingsOptions) {
    const bytes = ringBytes(maxBytes, pageBytes);
    this.#files = new SessionFiles({ ...place, ringBytes: bytes });
    this.request = new RingReader(this.#files.request, bytes, maxBytes);
    this.response = new RingWriter(this.#files.response, bytes);
    this.event = new RingWriter(this.#files.event, bytes);
  }

  get paths(): RingPaths {
    return this.#files.paths;
  }

  close(): void {
    this.#files.close();
  }
}
