/** What kind of thing went wrong with a connection. */
export type NetworkErrorKind = 'refused' | 'certificate' | 'protocol' | 'closed' | 'network';

/** What went wrong, for people and for who has to decide. */
export interface NetworkError {
  readonly kind: NetworkErrorKind;
  /** To be read after "got". */
  readonly words: string;
}

const WORDS: Readonly<Record<string, NetworkError>> = {
  ECONNREFUSED: { kind: 'refused', words: 'connection refused: nothing listens there' },
  // Of a Unix socket.
  ENOENT: { kind: 'refused', words: 'no such socket' },
  ECONNRESET: { kind: 'closed', words: 'a connection closed before the answer was complete' },
  EPIPE: { kind: 'closed', words: 'a connection closed before the answer was complete' },
  ENOTFOUND: { kind: 'network', words: 'no address for this host: check its name' },
  EAI_AGAIN: { kind: 'network', words: 'no answer of the name server: check the name, or give an address' },
  EHOSTUNREACH: { kind: 'network', words: 'no route to this host' },
  ENETUNREACH: { kind: 'network', words: 'no route to this network' },
  EADDRNOTAVAIL: { kind: 'network', words: 'an address that this machine does not have or cannot reach' },
  EINVAL: { kind: 'network', words: 'an address that cannot be reached from the local address given' },
  EACCES: { kind: 'network', words: 'no permission to connect' },
  HPE_HEADER_OVERFLOW: { kind: 'protocol', words: 'headers of more than 16 KiB' },
};

/** Node's words for what it holds against a certificate: all of X.509's, and that of the name. */
const CERTIFICATE = /CERT|CRL|ISSUER|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH/;

/** Says what an error of Node's sockets, TLS or HTTP means. */
export function explainNetworkError(error: unknown): NetworkError {
  const { code = '', message, reason } = error as NodeJS.ErrnoException & { reason?: string };
  const known = WORDS[code];
  if (known !== undefined) {
    return known;
  }
  if (code.startsWith('HPE_')) {
    return { kind: 'protocol', words: `an answer that is not HTTP (${code})` };
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return { kind: 'protocol', words: `no TLS that both sides can speak (${reason ?? code})` };
  }
  if (CERTIFICATE.test(code)) {
    return { kind: 'certificate', words: `a certificate that is not trusted: ${message}` };
  }
  return { kind: 'network', words: code === '' ? message : `${code}: ${message}` };
}
