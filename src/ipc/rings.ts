import type { RingPaths } from './set-up.ts';

/** The three rings of one client, as its connection uses them; each call throws when the client has broken them. */
export interface Rings {
  readonly request: {
    /** Takes the next message out. @throws RingFault, also when there is none */
    read(): Buffer;
  };
  readonly response: RingOutput;
  readonly event: RingOutput;
  readonly paths: RingPaths;
  /** Gives back memory, descriptors and files. Nothing may be called afterwards. */
  close(): void;
}

/** A ring that messages are put into. */
export interface RingOutput {
  /** @returns false when there is no room for it now @throws RingFault */
  write(message: Buffer): boolean;
}
