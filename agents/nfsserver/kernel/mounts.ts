import { readdir, readFile, readlink, statfs } from 'node:fs/promises';
import { AgentFailure, findProgram, listProcesses, OCF } from '../../kit/index.ts';
import { CAPABILITY, holdsCapability } from '../capabilities.ts';
import type { NfsContext } from '../parameters.ts';
import { hasFileSystem, PROC_NFSD } from './procfs.ts';
import { needProgram, outcome } from './programs.ts';

/** A file system of the kernel, and where it goes. */
export interface KernelMount {
  readonly type: 'nfsd' | 'rpc_pipefs';
  readonly path: string;
}

/** How the kernel calls them in statfs(2). Of mountinfo(5) nobody can tell which lie under others. */
const MAGIC: Readonly<Record<KernelMount['type'], number>> = { nfsd: 0x6e66_7364, rpc_pipefs: 0x6759_6969 };

/** Whether it is there already. */
export async function isMounted({ type, path }: KernelMount): Promise<boolean> {
  return (await typeAt(path)) === MAGIC[type];
}

const typeAt = (path: string): Promise<number | undefined> =>
  statfs(path).then(
    ({ type }) => type,
    () => undefined, // nothing there
  );

/** Mounts it; gives what mount(8) said if it can't. */
export async function tryMount(
  context: NfsContext,
  { type, path }: KernelMount,
): Promise<string | undefined> {
  const result = await context.run({
    path: await needProgram(context, 'mount'),
    args: ['-t', type, type, path],
  });
  return result.code === 0 ? undefined : outcome(result);
}

/**
 * Whether nfsd can be told anything here; loads its module where that is permitted.
 * @throws AgentFailure ERR_INSTALLED, ERR_PERM
 */
export async function needNfsd(context: NfsContext): Promise<void> {
  const nfsd = { type: 'nfsd', path: PROC_NFSD } as const;
  if (await isMounted(nfsd)) {
    return;
  }
  if (!(await isInKernel())) {
    await loadModule(context);
  }
  if (!(await isInKernel())) {
    const reason =
      'Expected nfsd in the kernel, got none in /proc/filesystems: run modprobe nfsd on the host, or use engine=ganesha';
    throw new AgentFailure(OCF.ERR_INSTALLED, reason);
  }
  if (!(await mayMount())) {
    throw notMounted('no CAP_SYS_ADMIN');
  }
}

/**
 * Mounts nfsd's files.
 * @throws AgentFailure ERR_PERM
 */
export async function mountNfsd(context: NfsContext): Promise<void> {
  const said = await tryMount(context, { type: 'nfsd', path: PROC_NFSD });
  if (said !== undefined) {
    throw notMounted(said);
  }
}

/**
 * Takes a mount of ours away. One that is in use goes out of sight at once, and for good when the last user lets go of it.
 * @throws AgentFailure ERR_GENERIC if it remains in sight
 */
export async function unmount(context: NfsContext, path: string): Promise<void> {
  const type = await typeAt(path);
  if (!Object.values(MAGIC).some((magic) => magic === type)) {
    return;
  }
  const umount = await needProgram(context, 'umount');
  const result = await context.run({ path: umount, args: [path], timeoutMs: 2000 });
  if (result.code === 0) {
    return;
  }
  const holders = await holdersOf(path);
  context.log.warn(
    `${path} can't be unmounted (${outcome(result)}), it is used by ${holders}; it is taken out of sight instead`,
  );
  const lazily = await context.run({ path: umount, args: ['-l', path], timeoutMs: 2000 });
  if (lazily.code !== 0) {
    const reason = `Expected ${path} to be unmounted, got ${outcome(lazily)}; it is used by ${holders}`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
}

/** Processes that have something open below a path, in words. */
async function holdersOf(path: string): Promise<string> {
  const holders: string[] = [];
  for (const { pid, comm } of await listProcesses()) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = ['cwd', 'root', ...files.map((file) => `fd/${file}`)];
    for (const link of links) {
      const target = await readlink(`/proc/${pid}/${link}`).catch(() => '');
      if (target === path || target.startsWith(`${path}/`)) {
        holders.push(`${comm} (${pid})`);
        break;
      }
    }
  }
  return holders.length === 0 ? 'no process that can be seen here' : holders.join(', ');
}

/** modprobe where the container has one; else mount(8) makes the kernel load it on the host. */
async function loadModule(context: NfsContext): Promise<void> {
  const modprobe = await findProgram('modprobe', context.env);
  const result =
    modprobe === undefined
      ? undefined
      : await context.run({ path: modprobe, args: ['nfsd'], timeoutMs: 10_000 });
  if (
    result?.code !== 0 &&
    (await mayMount()) &&
    (await tryMount(context, { type: 'nfsd', path: PROC_NFSD })) === undefined
  ) {
    await unmount(context, PROC_NFSD);
  }
}

const isInKernel = async (): Promise<boolean> =>
  hasFileSystem(await readFile('/proc/filesystems', 'utf8'), 'nfsd');

const mayMount = (): Promise<boolean> => holdsCapability(CAPABILITY.sysAdmin);

const notMounted = (got: string): AgentFailure =>
  new AgentFailure(
    OCF.ERR_PERM,
    `Expected ${PROC_NFSD} to be mounted, or the right to mount it, got ${got}: mount it from the host in the container's network, or see what a container needs in docs/agents/nfsserver-kernel.md`,
  );
