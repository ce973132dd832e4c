import type { Check } from '../../../check.ts';
import { advertises } from '../../../declared.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { STOPPED } from '../roles.ts';

/** No agent has an action of that name. */
const UNKNOWN = 'frobnicate';
const UNIMPLEMENTED: readonly number[] = [3];

/** Actions beside those of the standard. */
export const ANSWER_CHECKS: readonly Check[] = [
  {
    id: 'ACT-02',
    class: 'ocf',
    level: 'must',
    title: 'an unknown action gives 3, and does nothing',
    why: 'Newer clusters call actions that older agents do not know. 0 says that it was done; another error is recovered as a failure of the resource.',
    source: 'OCF 1.1, exit status 3: the action is not supported',
    remedy: 'End what chooses the action with a branch for all others that gives 3.',
    needs: [],
    async run(trial) {
      await trial.expect(UNKNOWN, { rc: UNIMPLEMENTED, when: '(unknown) of a stopped resource' });
      const probe = await trial.run('monitor', { intervalMs: 0 });
      if (!STOPPED.includes(probe.rc)) {
        trial.note(`A probe after it gave ${describeEnd(probe)}`);
      }
    },
  },
  {
    id: 'ACT-14',
    class: 'ocf',
    level: 'should',
    title: 'usage or help gives 0, and status, where it is advertised, answers as monitor does',
    why: 'People call agents by hand, and old tools call status. What is advertised and does not work misleads both.',
    source: 'Convention of resource-agents; seen with heartbeat:apache: status gives 3',
    remedy: 'Make status another name of monitor, or take it out of the metadata.',
    needs: [],
    async run(trial) {
      const usage = await trial.run('usage');
      const help = usage.rc === 0 ? usage : await trial.run('help');
      if (help.rc !== 0) {
        const seen = `${describeEnd(usage)} and ${describeEnd(help)}`;
        trial.fail({ expected: 'usage or help to give 0', seen }, usage, help);
      }
      if (advertises(trial.subject, 'status')) {
        await trial.reach('stopped');
        await compareStatus(trial, 'of a stopped resource');
        await trial.reach('started');
        await compareStatus(trial, 'of a running resource');
      }
    },
  },
  {
    id: 'ACT-17',
    class: 'ocf',
    level: 'should',
    title: 'an unknown action gives 3 without parameters, too',
    why: 'Tools ask an agent what it can do before anything is configured. 2, 5 or 6 then says something about the host that is not so.',
    source: 'OCF 1.1, exit status 3; of 147 agents of Debian 12 it is true of 83',
    remedy: 'Choose the action before the parameters are checked.',
    needs: [],
    skip: ({ cases }) =>
      Object.keys(cases.instances[0]?.parameters ?? {}).length === 0
        ? 'It was given no parameters that could be left out: ACT-02 is the same'
        : undefined,
    async run(trial) {
      const names = Object.keys(trial.subject.cases.instances[0]?.parameters ?? {});
      const parameters = Object.fromEntries(names.map((name) => [name, undefined]));
      await trial.expect(
        UNKNOWN,
        { rc: UNIMPLEMENTED, when: '(unknown) without parameters' },
        { parameters },
      );
    },
  },
];

async function compareStatus(trial: Trial, when: string): Promise<void> {
  const monitor = await trial.run('monitor');
  const status = await trial.run('status');
  if (status.rc !== monitor.rc) {
    const expected = `status ${when} to give ${monitor.rc}, as monitor does`;
    trial.fail({ expected, seen: describeEnd(status) }, monitor, status);
  }
}
