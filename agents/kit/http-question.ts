import type { NetworkErrorKind } from './network-error.ts';

/** A question to a web server, asked to learn whether it is well. Nothing is ever sent by way of a proxy. */
export interface HttpQuestion {
  /** `http:` or `https:`; a user and a password in it are taken for `auth`. */
  readonly url: string;
  /** A Unix socket to connect to instead of the URL's host, for redirects too. */
  readonly socketPath?: string;
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD';
  /** `Host` among them asks for another virtual host than the URL's, by TLS too. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How many redirects are followed, to any host that can be reached (from `localAddress`, if given: from a loopback
   * address to this machine only). Default: 5; with 0 the redirect is the answer.
   */
  readonly maxRedirects?: number;
  /** Milliseconds for everything, redirects included. */
  readonly timeoutMs: number;
  /** Milliseconds until a connection must stand, TLS included. Default: `timeoutMs`. */
  readonly connectTimeoutMs?: number;
  readonly tls?: {
    /** PEM file of the authorities that are trusted, and no others. Default: those that Node brings along. */
    readonly caFile?: string;
    /** Whether any certificate will do. Default: only of this very machine, and without a `caFile`. */
    readonly isInsecure?: boolean;
    /** The name to ask for and to find in the certificate. Default: `Host`, else the URL's host. */
    readonly servername?: string;
  };
  /** The address to ask from. */
  readonly localAddress?: string;
  /** Basic authentication. Kept from other servers: those of another protocol, host or port than the URL's. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** What is read of the body. Default: 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Ends it; rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** No answer, and why, in one line for people. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** `question` is the asker's own mistake: an URL, a header, a file of certificates. */
  readonly kind: NetworkErrorKind | 'timeout' | 'redirects' | 'question';

  constructor(kind: HttpFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
