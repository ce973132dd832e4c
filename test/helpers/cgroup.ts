// The machine's cgroups of version 2, on their own or beside those of version 1.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where they are, if this process may make some there. */
export function writableCgroups(): string | undefined {
  const directory = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
  try {
    accessSync(directory ?? '', constants.W_OK);
    return directory;
  } catch {
    return undefined;
  }
}

/** Removes one with all below it. False while the last processes are still on their way out: then ask again. */
export function removeCgroup(directory: string): boolean {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory() && !removeCgroup(join(directory, entry.name))) {
        return false;
      }
    }
    rmdirSync(directory);
    return true;
  } catch {
    return !existsSync(directory);
  }
}

/** Stops a process so that no CONT wakes it, only KILL reaches it. Gives the cgroup, to be removed at the end. */
export function freeze(pid: number): string {
  const directory = join(writableCgroups() ?? '', `bundlet-frozen-${pid}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'cgroup.procs'), String(pid));
  writeFileSync(join(directory, 'cgroup.freeze'), '1');
  return directory;
}
