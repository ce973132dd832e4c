/** Who is at the other end of a Unix socket, as of its `connect()` [unix(7), SO_PEERCRED and SO_PEERGROUPS]. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}
