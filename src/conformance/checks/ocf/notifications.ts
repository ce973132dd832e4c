import type { Check } from '../../check.ts';
import { advertises } from '../../declared.ts';
import type { Run } from '../../run.ts';
import type { Trial } from '../../trial.ts';
import { OK } from './expectations.ts';
import {
  type Member,
  NOTIFY_TYPES,
  type NotifyOperation,
  type NotifyType,
  notifyMeta,
} from './notify-variables.ts';
import { Promotable } from './promotable.ts';
import { cloneMeta, isPromotable, PROMOTED, UNPROMOTED } from './roles.ts';

const OPERATIONS: readonly NotifyOperation[] = ['start', 'stop'];
const ROLE_OPERATIONS: readonly NotifyOperation[] = ['promote', 'demote'];

/** Who does what the notification is about, in words for people. */
const KINDS: Readonly<Record<string, readonly Member[]>> = {
  'of this instance': ['own'],
  'of another instance': ['other'],
  'with empty lists': [],
};

/** Agents that coordinate the instances of a clone. */
export const NOTIFICATIONS_CHECKS: readonly Check[] = [
  {
    id: 'NOT-01',
    class: 'ocf',
    level: 'must',
    title:
      'notify gives 0 before and after every action, whatever the lists hold, and leaves the resource in its role',
    why: 'Notifications come with every action of any instance. Pacemaker ignores that one fails, and so what it should have prepared is not.',
    source:
      'OCF 1.1, notify must not fail; Pacemaker: an empty list is a single blank, roles have old and new names',
    remedy:
      'Give 0 for what the agent does not care about, and read the lists as words, of which there may be none.',
    needs: [],
    skip: (subject) => (advertises(subject, 'notify') ? undefined : 'It does not advertise notify'),
    async run(trial) {
      const { subject } = trial;
      if (!isPromotable(subject)) {
        await trial.reach('started', { meta: cloneMeta(subject) });
        await notifyAll(trial, 'unpromoted', OPERATIONS);
        return;
      }
      const clone = new Promotable(trial);
      await clone.unpromoted();
      await notifyAll(trial, 'unpromoted', [...OPERATIONS, ...ROLE_OPERATIONS]);
      await clone.promoted();
      await notifyAll(trial, 'promoted', [...OPERATIONS, ...ROLE_OPERATIONS]);
    },
  },
];

async function notifyAll(
  trial: Trial,
  role: 'promoted' | 'unpromoted',
  operations: readonly NotifyOperation[],
): Promise<void> {
  const runs: Run[] = [];
  for (const operation of operations) {
    for (const type of NOTIFY_TYPES) {
      for (const [kind, of] of Object.entries(KINDS)) {
        if (fits(role, { type, operation, of })) {
          runs.push(await notify(trial, { type, operation, of, kind, role }));
        }
      }
    }
  }
  const meta = cloneMeta(trial.subject);
  const monitor = await trial.run('monitor', { meta });
  const rc = role === 'promoted' ? PROMOTED : UNPROMOTED;
  trial.judge(monitor, { rc, when: `after all notifications while ${role}` });
}

interface Wanted {
  readonly type: NotifyType;
  readonly operation: NotifyOperation;
  readonly of: readonly Member[];
}

/** Whether a cluster would send it to an instance in that role: who is not there is not told, and roles are changed from the other one. */
function fits(role: 'promoted' | 'unpromoted', { type, operation, of }: Wanted): boolean {
  if (!of.includes('own')) {
    return true;
  }
  switch (operation) {
    case 'start':
      return type === 'post' && role === 'unpromoted';
    case 'stop':
      return type === 'pre' && role === 'unpromoted';
    case 'promote':
      return (type === 'post') === (role === 'promoted');
    case 'demote':
      return (type === 'pre') === (role === 'promoted');
  }
}

function notify(
  trial: Trial,
  { type, operation, of, kind, role }: Wanted & { readonly kind: string; readonly role: string },
): Promise<Run> {
  const { subject } = trial;
  const wasPromoted = of.includes('own') && operation === 'demote' ? true : role === 'promoted';
  const isToBe = of.includes('own') && operation === 'promote';
  const lists = notifyMeta(subject.cases.instances[0]?.name ?? '', {
    type,
    operation,
    of,
    promoted: wasPromoted && !isToBe ? 'own' : undefined,
  });
  const when = `${type}-${operation} ${kind}, while ${role},`;
  return trial.expect('notify', { rc: OK, when }, { meta: { ...cloneMeta(subject), ...lists } });
}
