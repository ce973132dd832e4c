import { readFileSync } from 'node:fs';
import { findUserName } from '../config/accounts.ts';
import type { PeerCredentials } from '../native/peer-credentials.ts';

/** Who nobody knows: the cluster then gives no rights but those of everybody [pcmk ipc_client: pcmk__client_t.user]. */
const NAMELESS = '#unprivileged';

/** The process at the other end of a local connection. */
export interface LocalCaller {
  readonly pid: number;
  /** Name of its user, for the cluster's access rules. */
  readonly user: string;
  /** Name of the program, for the log; empty where the process is not to be seen. */
  readonly program: string;
}

/**
 * Looks up what the kernel's numbers mean.
 * @param usersFile default `/etc/passwd`
 */
export function callerOf({ pid, uid }: PeerCredentials, usersFile?: string): LocalCaller {
  return { pid, user: uid === 0 ? 'root' : userName(uid, usersFile), program: programOf(pid) };
}

function userName(uid: number, file: string | undefined): string {
  try {
    return findUserName(uid, file) ?? NAMELESS;
  } catch {
    // An image without a list of users has nobody but root.
    return NAMELESS;
  }
}

function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trimEnd();
  } catch {
    // It has ended, or lives in another PID namespace.
    return '';
  }
}
