import { hostname } from 'node:os';
import { advertises } from '../../declared.ts';
import type { Subject } from '../../subject.ts';

/** What monitor may give of a resource in each role, the degraded ones among it. */
export const STOPPED: readonly number[] = [7];
export const UNPROMOTED: readonly number[] = [0, 190];
export const PROMOTED: readonly number[] = [8, 191];

/** What a node is called that isn't there. */
export const OTHER_NODE = 'other-node';

/** What this node is called in the cluster: as `crm_node -n` of the fakes answers. */
export const ownNode = (): string => hostname();

/** Whether it can be promoted. */
export const isPromotable = (subject: Subject): boolean =>
  advertises(subject, 'promote') && advertises(subject, 'demote');

/** Why checks of roles are not for this agent. */
export const skipUnlessPromotable = (subject: Subject): string | undefined =>
  isPromotable(subject) ? undefined : 'It does not advertise promote and demote';

/**
 * What a cluster tells each action of one instance of a clone with two [ocf-agents 1.4], behind `CRM_meta_`; for agents that can be promoted a
 * promotable one, under the old and the new names.
 */
export function cloneMeta(subject: Subject, { isUnique = false } = {}): Readonly<Record<string, string>> {
  return {
    clone: '0',
    clone_max: '2',
    clone_node_max: isUnique ? '2' : '1',
    globally_unique: String(isUnique),
    notify: String(advertises(subject, 'notify')),
    on_node: ownNode(),
    on_node_uuid: '1',
    ...(isPromotable(subject)
      ? {
          promotable: 'true',
          promoted_max: '1',
          promoted_node_max: '1',
          master_max: '1',
          master_node_max: '1',
        }
      : {}),
  };
}
