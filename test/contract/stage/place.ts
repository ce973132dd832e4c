import { resolve } from 'node:path';

/** Where every daemon under test listens: each has a network namespace to itself. */
export const HOST = '127.0.0.1';
export const PORT = 3121;

/** What the namespaces give; the daemon has been started in them. */
export interface Place {
  /** PID 1 of the namespaces, as seen from here. */
  readonly initPid: number;
  /** Whose descendants are beside the daemon. */
  readonly roots: readonly number[];
  /** What the daemon wrote. */
  output(): string;
  /** Whether the daemon, or all of it, has ended. */
  isOver(): boolean;
  end(): Promise<void>;
}

export interface PlaceOptions {
  /** Shell text that starts the daemon. */
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** A directory with an empty `private` for mounts. */
  readonly scratch: string;
}

export const FIXTURES = resolve(import.meta.dirname, '../fixtures');
export const CHECKOUT = resolve(import.meta.dirname, '../../..');
