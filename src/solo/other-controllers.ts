import { channelOf } from '../observe/events.ts';

/** Controllers of a cluster that are connected beside us: those that can serve local tools, as a cluster's do. */
export class OtherControllers {
  readonly #peers = new Set<string>();
  readonly #ends: (() => void)[] = [];

  /** `own`: the name that we register by; `onFirst`: one has come where there was none; `onNone`: the last one has left. */
  constructor(
    own: string,
    { onFirst, onNone }: { readonly onFirst: (client: string) => void; readonly onNone: () => void },
  ) {
    this.#listen('session.registered', ({ peer, client, isIpcProvider }) => {
      if (isIpcProvider === true && client !== own) {
        const isFirst = this.#peers.size === 0;
        this.#peers.add(String(peer));
        if (isFirst) {
          onFirst(String(client));
        }
      }
    });
    this.#listen('session.ended', ({ peer }) => {
      if (this.#peers.delete(String(peer)) && this.#peers.size === 0) {
        onNone();
      }
    });
  }

  get areNone(): boolean {
    return this.#peers.size === 0;
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) {
      end();
    }
  }

  #listen(
    name: 'session.registered' | 'session.ended',
    listener: (fields: Readonly<Record<string, unknown>>) => void,
  ): void {
    const onEvent = (fields: unknown): void => listener(fields as Readonly<Record<string, unknown>>);
    channelOf(name).subscribe(onEvent);
    this.#ends.push(() => channelOf(name).unsubscribe(onEvent));
  }
}
