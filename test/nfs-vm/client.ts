import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import { until } from '../cluster/wait.ts';
import { expect } from './case.ts';
import { PORTS } from './guest.ts';

/** How libnfs finds a file of the guest. */
const url = (path: string, version: 3 | 4): string =>
  `nfs://127.0.0.1${path}?version=${version}&nfsport=${PORTS.NFS_PORT}&mountport=${PORTS.MOUNT_PORT}`;

/** Writes a file from this machine and reads it back; waits for the end of a grace period. */
export async function writeAndRead(path: string, version: 3 | 4, signal: AbortSignal): Promise<void> {
  const text = `${Math.random()}\n`;
  const file = join('/tmp', `bundlet-nfs-vm-${process.pid}`);
  await writeFile(file, text);
  let last = '';
  await until(
    { what: `${path} can be written by NFSv${version}`, seconds: 60, signal, stepMs: 500 },
    async () => {
      const { exitCode, all } = await run('nfs-cp', [file, url(path, version)], {
        signal,
        timeoutMs: 30_000,
      });
      last = all;
      return exitCode === 0 ? true : undefined;
    },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; ${last}`);
  });
  await rm(file);
  const { stdout } = await run('nfs-cat', [url(path, version)], { signal, timeoutMs: 30_000 });
  expect(stdout.trim() === text.trim(), `to read ${text.trim()}`, stdout);
}
