import type { Lane } from '../../../src/ipc/delivery.ts';
import { RingFault } from '../../../src/ipc/ring.ts';
import type { RingOutput, Rings } from '../../../src/ipc/rings.ts';

/** Rings whose client does what a test says. */
export class FakeRings implements Rings {
  /** How many messages each ring takes before it is full. */
  readonly room: Record<Lane, number> = { response: 1_000_000, event: 1_000_000 };
  /** What the client has sent. */
  readonly requests: Buffer[] = [];
  readonly paths = { request: '/r', response: '/s', event: '/e' };
  readonly response: RingOutput = this.#output('response');
  readonly event: RingOutput = this.#output('event');
  closed = 0;
  readonly #taken: Record<Lane, string[]> = { response: [], event: [] };

  readonly request = {
    read: (): Buffer => {
      const next = this.requests.shift();
      if (next === undefined) {
        throw new RingFault('none');
      }
      return next;
    },
  };

  taken(lane: Lane): string[] {
    return this.#taken[lane];
  }

  close(): void {
    this.closed += 1;
  }

  #output(lane: Lane): RingOutput {
    return {
      write: (message) => {
        if (this.room[lane] === 0) {
          return false;
        }
        this.room[lane] -= 1;
        this.#taken[lane].push(message.toString('latin1'));
        return true;
      },
    };
  }
}
