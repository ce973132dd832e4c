import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractFailure } from '../engine/failure.ts';

const CGROUP_GONE_MS = 10_000;

/** Where this machine has the version 2, on its own or beside version 1. */
function hierarchy(): string | undefined {
  return /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
}

/** systemd needs a cgroup2 tree that it may write to. */
export function makeCgroup(name: string): string {
  const mount = hierarchy();
  if (mount === undefined) {
    throw new ContractFailure('Expected a cgroup2 hierarchy for systemd, this machine has none');
  }
  const path = join(mount, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Removes it, if it is there; the kernel refuses while the last processes are still on their way out. */
export async function removeCgroup(name: string): Promise<void> {
  const mount = hierarchy();
  const path = join(mount ?? '', name);
  if (mount === undefined || !existsSync(path)) {
    return;
  }
  const deadline = performance.now() + CGROUP_GONE_MS;
  for (;;) {
    try {
      removeTree(path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || performance.now() > deadline) {
        throw error;
      }
      await sleep(20);
    }
  }
}

function removeTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      removeTree(join(path, entry.name));
    }
  }
  rmdirSync(path);
}
