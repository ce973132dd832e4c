import { readFile } from 'node:fs/promises';

/** Numbers of capabilities that a server may need [capabilities(7)]. */
export const CAPABILITY = {
  /** For open_by_handle_at(2). */
  dacReadSearch: 2,
  /** For mount(2), and a host name of one's own. */
  sysAdmin: 21,
} as const;

/** Whether `/proc/self/status` tells of a capability. */
export function hasCapability(status: string, bit: number): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(bit)) & 1n) === 1n;
}

/** Whether this process has it, and so the programs that it starts. */
export const holdsCapability = async (bit: number): Promise<boolean> =>
  hasCapability(await readFile('/proc/self/status', 'utf8'), bit);
