import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeCgroup as remove, writableCgroups } from '../../helpers/cgroup.ts';
import { ContractFailure } from '../engine/failure.ts';

const CGROUP_GONE_MS = 10_000;

/** systemd needs a cgroup2 tree that it may write to. */
export function makeCgroup(name: string): string {
  const mount = writableCgroups();
  if (mount === undefined) {
    throw new ContractFailure(
      'Expected a cgroup2 hierarchy that can be written to, for systemd; there is none',
    );
  }
  const path = join(mount, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Removes it, if it is there; the kernel refuses while the last processes are still on their way out. */
export async function removeCgroup(name: string): Promise<void> {
  const mount = writableCgroups();
  const deadline = performance.now() + CGROUP_GONE_MS;
  while (mount !== undefined && !remove(join(mount, name))) {
    if (performance.now() > deadline) {
      throw new ContractFailure(`Expected everything in the cgroup ${name} to end, something is left in it`);
    }
    await sleep(20);
  }
}
