import type { Check } from '../../check.ts';
import { ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { DEAD, OK } from './expectations.ts';
import { Promotable } from './promotable.ts';
import { PROMOTED, STOPPED, skipUnlessPromotable, UNPROMOTED } from './roles.ts';

/** Agents of promotable clones. */
export const PROMOTION_CHECKS: readonly Check[] = [
  {
    id: 'PROM-01',
    class: 'ocf',
    level: 'must',
    title: 'promote and demote give 0, monitor then 8 and 0, and both may be repeated',
    why: 'A cluster believes monitor: a promoted instance that gives 0 is demoted or restarted, and an unpromoted one that gives 8 means two writers. Both actions are repeated after a lost answer.',
    source: 'OCF 1.1, promote, demote and monitor: 8 is running in the promoted role',
    remedy:
      'Wait in promote and demote until monitor would tell the new role; give 0 where the role is that already.',
    needs: [],
    skip: skipUnlessPromotable,
    run: changeRoles,
  },
  {
    id: 'PROM-02',
    class: 'ocf',
    level: 'must',
    title: 'promote of a stopped resource fails, and stop of a promoted one gives 0',
    why: 'A promotion that seems to succeed sends clients to nothing. A cluster stops a promoted instance when its demotion has failed: if that fails, too, the node is fenced.',
    source: 'OCF 1.1, promote: only of a running resource; stop: whatever the role',
    remedy: 'Give 7 or 1 in promote where it does not run. Let stop demote, or end the service as it is.',
    needs: [],
    skip: skipUnlessPromotable,
    async run(trial) {
      const clone = new Promotable(trial);
      await clone.stopped();
      const run = await clone.run('promote');
      if (run.rc === 0) {
        trial.fail({ expected: 'an error from promote of a stopped resource', seen: describeEnd(run) }, run);
      }
      await clone.promoted();
      await clone.expect('stop', OK, 'of a promoted resource');
      await clone.expect('monitor', STOPPED, 'after stop of a promoted resource');
    },
  },
  {
    id: 'PROM-03',
    class: 'ocf',
    level: 'should',
    title: 'a crash while promoted is seen, and promotion scores are told and taken back',
    why: 'An instance without a score is never promoted by itself; one that keeps it after stop is chosen while it does not run.',
    source:
      'OCF 1.1, monitor: 9 is failed in the promoted role; Pacemaker: promotion scores by crm_attribute --promotion',
    remedy:
      'Call crm_attribute --promotion -v SCORE in start or monitor, and crm_attribute --promotion -D in stop.',
    needs: [],
    skip: skipUnlessPromotable,
    async run(trial) {
      await crashPromoted(trial);
      await judgeScores(trial);
    },
  },
];

async function changeRoles(trial: Trial): Promise<void> {
  const clone = new Promotable(trial);
  await clone.unpromoted();
  if (await clone.promote('of an unpromoted resource')) {
    await clone.expect('monitor', PROMOTED, 'right after promote');
    const probe = await clone.run('monitor', { intervalMs: 0 });
    trial.judge(probe, { rc: PROMOTED, when: '(probe) after promote' });
    await clone.expect('promote', OK, 'of a promoted resource');
    await clone.expect('monitor', PROMOTED, 'after a second promote');
  }
  // What is not promoted can be demoted all the same [OCF-1.1 demote].
  await clone.demote('after promote');
  await clone.expect('monitor', UNPROMOTED, 'right after demote');
  await clone.expect('demote', OK, 'of an unpromoted resource');
  await clone.expect('monitor', UNPROMOTED, 'after a second demote');
}

async function crashPromoted(trial: Trial): Promise<void> {
  if (!trial.place.abilities.has('processes')) {
    trial.note('A crash while promoted needs to see the processes of the service');
    return;
  }
  const watch = await ServiceWatch.begin(trial);
  const clone = new Promotable(trial);
  await clone.promoted();
  if ((await watch.live()).length === 0 && trial.subject.cases.crash === undefined) {
    trial.note('It has no processes of its own, and "crash" in the cases does not say how it breaks');
    return;
  }
  await watch.crash();
  await clone.expect('monitor', DEAD, 'of one that crashed while it was promoted');
  await clone.run('demote');
  await clone.run('stop');
}

async function judgeScores(trial: Trial): Promise<void> {
  const clone = new Promotable(trial);
  await clone.stopped();
  await clone.promoted();
  const before = await clone.score();
  if (before === undefined) {
    trial.note('Promotion scores can be seen only where the cluster tools are fakes');
    return;
  }
  if (before !== 'set') {
    trial.fail({ expected: 'a promotion score, told in start, monitor or promote', seen: 'none' });
    return;
  }
  await clone.run('demote');
  const stop = await clone.run('stop');
  if ((await clone.score()) !== 'deleted') {
    const seen = 'one that stays in the cluster';
    trial.fail({ expected: 'no promotion score after stop', seen }, stop);
  }
}
