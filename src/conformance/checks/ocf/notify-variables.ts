import { OTHER_NODE, ownNode } from './roles.ts';

export const NOTIFY_TYPES = ['pre', 'post'] as const;
export type NotifyType = (typeof NOTIFY_TYPES)[number];
export type NotifyOperation = 'start' | 'stop' | 'promote' | 'demote';

/** One notification as a cluster sends it. */
export interface Notification {
  readonly type: NotifyType;
  readonly operation: NotifyOperation;
  /** Who does the operation; nobody: every list is empty. */
  readonly of: readonly Member[];
  /** Who was promoted before the operation. */
  readonly promoted?: Member | undefined;
}

/** The instance that is notified, on this node, and the other one of the clone. */
export type Member = 'own' | 'other';

/** An empty list is a single blank [pcmk: notify_entry]. */
const EMPTY = ' ';

/** Pairs of lists, of instances and of their nodes, that each notification has: with the old names of both roles. */
const PAIRS = [
  'start',
  'stop',
  'promote',
  'demote',
  'active',
  'promoted',
  'unpromoted',
  'master',
  'slave',
] as const;

/**
 * The variables of a notification, behind `CRM_meta_` [ocf-agents 1.4]: all lists, those of instances and of nodes aligned. Before and
 * after the operation they tell how it was before.
 * @param name of the resource; in lists its instances carry a number
 */
export function notifyMeta(name: string, notification: Notification): Readonly<Record<string, string>> {
  const { type, operation, of, promoted } = notification;
  const all: readonly Member[] = of.length === 0 ? [] : ['own', 'other'];
  const active = operation === 'start' ? all.filter((member) => !of.includes(member)) : all;
  const roles = {
    promoted: active.filter((member) => member === promoted),
    unpromoted: active.filter((member) => member !== promoted),
  };
  const lists: Readonly<Record<(typeof PAIRS)[number], readonly Member[]>> = {
    start: [],
    stop: [],
    promote: [],
    demote: [],
    active,
    ...roles,
    master: roles.promoted,
    slave: roles.unpromoted,
    [operation]: of,
  };
  const instances = (members: readonly Member[]): string =>
    listOf(members, (member) => `${name}:${member === 'own' ? 0 : 1}`);
  const pairs = PAIRS.flatMap((pair) => [
    [`notify_${pair}_resource`, instances(lists[pair])],
    [`notify_${pair}_uname`, listOf(lists[pair], nodeOf)],
  ]);
  const nodes = listOf(['own', 'other'], nodeOf);
  return {
    notify_type: type,
    notify_operation: operation,
    notify_key_type: type,
    notify_key_operation: operation,
    ...Object.fromEntries(pairs),
    notify_inactive_resource: instances(all.filter((member) => !active.includes(member))),
    notify_available_uname: nodes,
    notify_all_uname: nodes,
    notify_all_hosts: nodes,
  };
}

const nodeOf = (member: Member): string => (member === 'own' ? ownNode() : OTHER_NODE);

function listOf(members: readonly Member[], text: (member: Member) => string): string {
  return members.length === 0 ? EMPTY : members.map(text).join(' ');
}
