import { setTimeout as sleep } from 'node:timers/promises';
import type { RemoteClient } from '../../../src/client/index.ts';
import type { Fate } from '../model.ts';
import type { RawPeer } from './raw-peer.ts';
import { withDeadline } from './waits.ts';

/** How long an answer may take before everybody counts as held up. */
const SERVED_MS = 3000;
/** How long something may take to become of the peer; when nothing has, it is ignored. */
const FATE_MS = 1500;

export interface Surroundings {
  /** A controller that was there before. */
  readonly witness: RemoteClient;
  isOver(): boolean;
}

/** Writes, and sees what becomes of the one who wrote and of the others. */
export async function observe(
  pieces: readonly Buffer[],
  peer: RawPeer,
  { witness, isOver }: Surroundings,
): Promise<Fate> {
  const before = peer.journal.events.length;
  peer.write(pieces);
  const deadline = performance.now() + FATE_MS;
  const isServed = await withDeadline(witness.poke(), SERVED_MS).then(
    () => true,
    () => false,
  );
  while (performance.now() < deadline && peer.isOpen && peer.journal.events.length === before) {
    await sleep(10);
  }
  if (isOver()) {
    return 'ends the daemon';
  }
  if (!isServed) {
    return 'holds up all';
  }
  if (peer.journal.events.length > before) {
    return 'answered';
  }
  return peer.isOpen ? 'ignored' : 'closed';
}
