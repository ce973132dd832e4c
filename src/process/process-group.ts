import type { Clock } from '../observe/clock.ts';

/** How often a killed group that is no child of ours is looked at: the kernel tells only its parent, in ms. */
const LOOK_MS = 20;

/** How long killed processes may take to go before they are complained of, in ms [pcmk services_linux.c]. */
const WILL_NOT_DIE_MS = 5000;

/** Kills every process of a group, and its first one wherever it went; nothing happens where there is none any more. */
export function killGroup(pid: number): void {
  send(pid, 'SIGKILL');
}

/** Calls `onGone` once nothing that `killGroup` has killed is left, and `onLate` if that takes long. */
export function untilGone(
  pid: number,
  clock: Clock,
  { onGone, onLate }: { readonly onGone: () => void; readonly onLate: () => void },
): void {
  const lateAtMs = clock.nowMs() + WILL_NOT_DIE_MS;
  let isLate = false;
  const look = (): void => {
    if (!send(pid, 0)) {
      onGone();
      return;
    }
    if (!isLate && clock.nowMs() >= lateAtMs) {
      isLate = true;
      onLate();
    }
    clock.setTimer(LOOK_MS, look);
  };
  clock.setTimer(0, look);
}

/** Whether there was somebody to take it. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  const isGroupThere = sendTo(-pid, signal);
  return sendTo(pid, signal) || isGroupThere;
}

function sendTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    // EPERM: somebody is there. Anything else means that nobody is.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
