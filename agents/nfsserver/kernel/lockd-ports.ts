import { readFile, writeFile } from 'node:fs/promises';
import { AgentFailure, OCF } from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';

/**
 * Gives the kernel's lock manager its ports. They are one setting for all of the machine, and engines make it read-only
 * for containers: then the host's administrator must have set it.
 * @throws AgentFailure ERR_PERM
 */
export async function setLockdPorts({ params }: NfsContext): Promise<void> {
  await setPort('nlm_tcpport', params.lockd_tcp_port);
  await setPort('nlm_udpport', params.lockd_udp_port);
}

async function setPort(name: string, port: number | undefined): Promise<void> {
  const file = `/proc/sys/fs/nfs/${name}`;
  const current = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (port === undefined || port === current) {
    return;
  }
  try {
    await writeFile(file, `${port}\n`);
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    const reason = `Expected ${file} to say ${port} or to be writable, got ${current} and ${code}: set fs.nfs.${name}=${port} by sysctl on the host`;
    throw new AgentFailure(OCF.ERR_PERM, reason, { cause: error });
  }
}
