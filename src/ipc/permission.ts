import { findGroup, findUser } from '../config/accounts.ts';
import type { PeerCredentials } from '../native/peer-credentials.ts';
import type { FileOwner } from './ring-files.ts';

/** Pacemaker's own account and group: whoever is either may manage the cluster. */
const CLUSTER_USER = 'hacluster';
const CLUSTER_GROUP = 'haclient';

const PRIVATE_MODE = 0o600;
const SHARED_MODE = 0o660;

/** Where the accounts are listed; another place is for tests. */
export interface AccountFiles {
  readonly passwd?: string;
  readonly group?: string;
}

/**
 * The one place that decides who may connect: root, `hacluster`, and members of `haclient` by primary or supplementary
 * group. For all but root the lists of accounts are read each time, so that an account made later holds at once.
 *
 * @returns whom the files of the connection shall belong to; undefined for a stranger
 */
export function permissionOf(credentials: PeerCredentials, files: AccountFiles = {}): FileOwner | undefined {
  const { uid, gid, groups } = credentials;
  if (uid === 0) {
    return { uid: 0, gid: 0, mode: PRIVATE_MODE };
  }
  const haclient = lookUp(() => findGroup(CLUSTER_GROUP, files.group));
  const isMember = haclient !== undefined && (gid === haclient || groups.includes(haclient));
  if (isMember) {
    return { uid: process.geteuid?.() ?? 0, gid: haclient, mode: SHARED_MODE };
  }
  // By itself, whatever groups it runs with: others in those must not get at its files.
  const isClusterUser = lookUp(() => findUser(CLUSTER_USER, files.passwd))?.uid === uid;
  return isClusterUser ? { uid, gid: process.getegid?.() ?? 0, mode: PRIVATE_MODE } : undefined;
}

function lookUp<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch {
    // Without the list nobody is known; root still is.
    return undefined;
  }
}
