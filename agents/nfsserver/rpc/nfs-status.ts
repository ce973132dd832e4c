/** Status words of NFSv4 that a health check may meet [RFC 7531, RFC 8881 15.1]. */
const WORDS: Readonly<Record<number, string>> = {
  1: 'NFS4ERR_PERM',
  2: 'NFS4ERR_NOENT',
  5: 'NFS4ERR_IO',
  6: 'NFS4ERR_NXIO',
  13: 'NFS4ERR_ACCESS',
  17: 'NFS4ERR_EXIST',
  20: 'NFS4ERR_NOTDIR',
  22: 'NFS4ERR_INVAL',
  27: 'NFS4ERR_FBIG',
  28: 'NFS4ERR_NOSPC',
  30: 'NFS4ERR_ROFS',
  69: 'NFS4ERR_DQUOT',
  70: 'NFS4ERR_STALE',
  10001: 'NFS4ERR_BADHANDLE',
  10004: 'NFS4ERR_NOTSUPP',
  10006: 'NFS4ERR_SERVERFAULT',
  10008: 'NFS4ERR_DELAY',
  10013: 'NFS4ERR_GRACE',
  10016: 'NFS4ERR_WRONGSEC',
  10018: 'NFS4ERR_RESOURCE',
  10021: 'NFS4ERR_MINOR_VERS_MISMATCH',
  10022: 'NFS4ERR_STALE_CLIENTID',
  10036: 'NFS4ERR_BADXDR',
  10052: 'NFS4ERR_BADSESSION',
};

/** Status numbers that mean something to the health check. */
export const NFS4 = { ok: 0, noEntry: 2, access: 13, delay: 10_008, grace: 10_013 } as const;

/** An operation of a compound was refused. The message follows "got". */
export class NfsFailure extends Error {
  override readonly name = 'NfsFailure';
  /** Such as `LOOKUP`. */
  readonly operation: string;
  readonly status: number;

  constructor(operation: string, status: number) {
    super(`${WORDS[status] ?? `status ${status}`} to ${operation}`);
    this.operation = operation;
    this.status = status;
  }
}
