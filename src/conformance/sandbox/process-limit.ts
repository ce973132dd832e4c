import { readdir } from 'node:fs/promises';

/** More processes than any service of a check has, and fewer than a machine has room for. */
export const MOST_PROCESSES = 2000;
/** Between two looks, in ms: who forks without end makes some hundred in that time. */
const LOOK_MS = 100;

/** Watches, in a PID namespace, how many processes there are; calls once when there are too many, with their number. */
export function watchProcessCount(onTooMany: (count: number) => void): void {
  const look = async (): Promise<void> => {
    const names = await readdir('/proc').catch(() => []);
    const count = names.filter((name) => /^\d+$/.test(name)).length;
    if (count > MOST_PROCESSES) {
      onTooMany(count);
    } else {
      setTimeout(look, LOOK_MS).unref();
    }
  };
  void look();
}
