/**
 * Whose local clients are relayed, as the one who relays sees it: it belongs to no room above, because the room that
 * knows the providers and the rooms that know local clients are neighbours. Messages are texts of one XML element, as
 * their sender wrote them: who relays does not interpret them.
 */
export interface RelayClient {
  /** The answer to a request, for those who wait for one. */
  onResponse(messageId: number, message: string): void;
  /** What the cluster's server tells unasked. */
  onEvent(message: string): void;
  /**
   * The session is over, once: the provider closed it or left, or a request could not be sent to it; then from inside
   * `request`. Not called for one's own `close`.
   */
  onClose(reason: string): void;
}

/** A local request on its way to the cluster [protocol 6.4]. */
export interface RelayRequest {
  readonly messageId: number;
  /** Flags of the local client; that it was relayed is added. */
  readonly flags: number;
  /** Name of the local user; the cluster applies its access rules by the node's name. */
  readonly user: string;
  /** Process id of the local client. */
  readonly pid: number;
  /** Well-formed, without an XML declaration. */
  readonly message: string;
}

/** A local client's connection with one of the cluster's servers, by way of one provider. */
export interface RelaySession {
  /** `lrmd_ipc_session`. */
  readonly id: string;
  /** One that can't be sent ends the session. */
  request(request: RelayRequest): void;
  /** Tells the provider that the local client has left. */
  close(): void;
}

/** Opens sessions with the cluster's servers. */
export interface Relay {
  /** Bound to the newest provider for its whole life; undefined where there is none [protocol 6.3]. */
  open(server: string, client: RelayClient): RelaySession | undefined;
}
