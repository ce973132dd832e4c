/** An address and port as a person writes them: `10.0.0.1:53122`, `[::1]:4711`. */
export function peerName(address: string | undefined, port: number | undefined): string {
  if (address === undefined || port === undefined) {
    return 'unknown';
  }
  // On a dual-stack listener the kernel shows IPv4 peers as mapped addresses.
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}
