import { emit } from '../observe/events.ts';
import type { FileStamp } from './stamped-file.ts';

/**
 * Notices files that have no name any more: a file that was mounted here by itself, as the cluster mounts the key of
 * a bundle, and was then replaced where it came from. What is seen here is the old one until the container is made
 * anew, and nothing else tells. Each is told once, as `tls.file-replaced`.
 */
export class OrphanWatch {
  readonly #told = new Map<string, bigint>();

  look(path: string, { nlink, ino }: FileStamp): void {
    if (nlink === 0n && this.#told.get(path) !== ino) {
      this.#told.set(path, ino);
      emit('tls.file-replaced', { path });
    }
  }
}
