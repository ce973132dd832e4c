import type { Check } from '../../check.ts';
import { advertises } from '../../declared.ts';
import type { Run } from '../../run.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { OK } from './expectations.ts';
import { OTHER_NODE, ownNode, STOPPED, UNPROMOTED } from './roles.ts';

/** Errors that an agent may give where the other node is not there: anything but an action that is none. */
const UNREACHABLE: readonly number[] = [1, 2, 4, 5, 6, 7];

/** Agents that move a running service. */
export const MIGRATION_CHECKS: readonly Check[] = [
  {
    id: 'MIG-01',
    class: 'ocf',
    level: 'must',
    title:
      'migrate_to and stop at the source, migrate_from at the target give 0; where it does not run migrate_to fails',
    why: 'A cluster that may migrate does so as soon as both actions are advertised. It stops the source afterwards, and believes that the resource runs at the target.',
    source: 'Pacemaker: live migration, CRM_meta_migrate_source and CRM_meta_migrate_target',
    remedy:
      'Implement both actions, or take them out of the metadata: without them the resource is stopped and started.',
    needs: [],
    skip: (subject) =>
      advertises(subject, 'migrate_to') || advertises(subject, 'migrate_from')
        ? undefined
        : 'It does not advertise migrate_to and migrate_from',
    async run(trial) {
      await wrongSide(trial);
      const away = await source(trial);
      await target(trial, away);
    },
  },
];

const AWAY = { migrate_source: ownNode(), migrate_target: OTHER_NODE };
const HITHER = { migrate_source: OTHER_NODE, migrate_target: ownNode() };

async function wrongSide(trial: Trial): Promise<void> {
  await trial.reach('stopped');
  const run = await trial.run('migrate_to', { meta: AWAY });
  if (run.rc === 0) {
    trial.fail({ expected: 'an error from migrate_to of a stopped resource', seen: describeEnd(run) }, run);
  }
  await trial.expect('monitor', { rc: STOPPED, when: 'after migrate_to of a stopped resource' });
}

/** @returns whether it could be sent away */
async function source(trial: Trial): Promise<boolean> {
  await trial.reach('started');
  const run = await trial.run('migrate_to', { meta: AWAY });
  if (!isThere(trial, run)) {
    return false;
  }
  await trial.expect('stop', { rc: OK, when: 'at the source, after migrate_to' });
  await trial.expect('monitor', { rc: STOPPED, when: 'at the source, after migrate_to and stop' });
  return run.rc === 0;
}

/** This node is the target now: what was sent away is as if it had come from the other one. */
async function target(trial: Trial, hasLeft: boolean): Promise<void> {
  await trial.reach('stopped');
  const run = await trial.run('migrate_from', { meta: HITHER });
  if (!isThere(trial, run)) {
    return;
  }
  if (run.rc === 0) {
    await trial.expect('monitor', { rc: UNPROMOTED, when: 'right after migrate_from' });
  } else if (hasLeft) {
    const expected = 'migrate_from to give 0, as migrate_to did';
    trial.fail({ expected, seen: describeEnd(run) }, run);
  }
  await trial.expect('stop', { rc: OK, when: 'at the target, after migrate_from' });
}

/** Whether the agent knows the action, and does not end in a way that no cluster understands; says so if not. */
function isThere(trial: Trial, run: Run): boolean {
  if (!trial.judge(run, { rc: [...OK, ...UNREACHABLE], when: 'where it is advertised' })) {
    return false;
  }
  if (run.rc !== 0) {
    trial.note(`${run.action} gave ${describeEnd(run)}: it may need a second node that is really there`);
  }
  return true;
}
