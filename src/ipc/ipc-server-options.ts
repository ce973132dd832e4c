import type { Clock } from '../observe/clock.ts';
import type { IpcService } from './ipc-types.ts';

export interface IpcServerOptions {
  readonly clock: Clock;
  /** Where the files of the connections are; any writable tmpfs. */
  readonly directory: string;
  /** Where socket files are made, where libqb is told to use these instead of abstract names. */
  readonly socketDirectory: string;
  /** The least size of the largest message of a connection. */
  readonly bufferFloorBytes: number;
  readonly services: readonly IpcService[];
}
