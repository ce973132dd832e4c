import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ContractFailure } from '../engine/failure.ts';
import { makeCgroup, removeCgroup } from './cgroup.ts';
import { firstChild, startChild } from './child.ts';
import { CHECKOUT, FIXTURES, type Place, type PlaceOptions } from './place.ts';

const SCRIPT = join(import.meta.dirname, 'systemd.sh');
const BOOT_MS = 60_000;

/** Enters everything but the network, which systemd shares with us. */
const enter = (initPid: number): string[] => [
  ...['nsenter', '--target', String(initPid)],
  ...['--mount', '--uts', '--ipc', '--pid', '--cgroup', '--'],
];

/** A machine of its own with systemd as PID 1, and the daemon beside it. */
export async function startSystemd({ command, env, scratch }: PlaceOptions): Promise<Place> {
  // Named so that whoever clears the scratch directory away knows it.
  const cgroup = makeCgroup(basename(scratch));
  const namespaces = '--mount --pid --uts --ipc --cgroup --fork --kill-child';
  const boot = `echo $$ >'${cgroup}/cgroup.procs'; exec setsid unshare ${namespaces} sh "$@"`;
  const system = startChild(['sh', '-c', boot, 'systemd', SCRIPT, scratch, FIXTURES, CHECKOUT], { env });
  const end = async (): Promise<void> => {
    await system.kill();
    await removeCgroup(basename(scratch));
  };
  try {
    const initPid = await firstChild(system);
    await awaitBoot(initPid, system.isOver, system.output);
    const daemon = startChild([...enter(initPid), 'sh', '-c', `cd '${CHECKOUT}'; exec ${command}`], { env });
    return {
      initPid,
      roots: [initPid, daemon.pid],
      output: daemon.output,
      isOver: daemon.isOver,
      end: async () => {
        await daemon.kill();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function awaitBoot(initPid: number, isOver: () => boolean, output: () => string): Promise<void> {
  const deadline = performance.now() + BOOT_MS;
  const [nsenter = '', ...args] = enter(initPid);
  for (;;) {
    const state = await promisify(execFile)(nsenter, [...args, 'systemctl', 'is-system-running'])
      // A "degraded" system answers with a status that is no success.
      .catch((error: unknown) => error as { readonly stdout?: string });
    if (/^(running|degraded)/.test(state.stdout ?? '')) {
      return;
    }
    if (isOver() || performance.now() > deadline) {
      throw new ContractFailure(`Expected systemd to come up, it is ${state.stdout}: ${output()}`);
    }
    await sleep(50);
  }
}
