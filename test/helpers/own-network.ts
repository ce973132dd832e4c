import { beforeAll } from 'vitest';
import { koffi } from '../../src/native/koffi.ts';
import { raiseLoopback } from '../contract/stage/loopback.ts';

const CLONE_NEWNET = 0x40000000;

/**
 * Gives the tests of this file a network namespace of their own, and whatever they start: libqb's names belong to it, so
 * that no other daemon of this machine is in the way. It goes with the test's process. Needs root.
 */
export function useOwnNetwork(): void {
  beforeAll(() => {
    // Only this thread moves: it is the one that makes Node's sockets and starts its processes.
    const unshare = koffi().load(null).func('int unshare(int)') as (flags: number) => number;
    if (unshare(CLONE_NEWNET) !== 0) {
      throw new Error('Expected a network namespace of its own for this test; run it as root');
    }
    raiseLoopback();
  });
}
