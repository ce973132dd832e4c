import type { Testbed } from './testbed.ts';

const PORT = 3121;

/**
 * Drops every packet of the Pacemaker Remote port in one host's namespace while `during` runs; nothing else is cut.
 * Always restored, and what `during` throws is thrown on.
 */
export async function withCut<T>(testbed: Testbed, host: string, during: () => Promise<T>): Promise<T> {
  await testbed.on(host, 'bash', '-c', rules('-I'));
  try {
    return await during();
  } finally {
    if (!testbed.signal.aborted) {
      await testbed.on(host, 'bash', '-c', rules('-D'));
    }
  }
}

const rules = (action: '-I' | '-D'): string =>
  `for chain in INPUT OUTPUT FORWARD; do for port in dport sport; do
     iptables -w ${action} $chain -p tcp --$port ${PORT} -j DROP || exit 1
   done; done`;
