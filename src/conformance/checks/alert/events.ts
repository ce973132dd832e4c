import { ALERT_KINDS, OPTIONAL_VARIABLES, oldVariables } from '../../calls/alert-variables.ts';
import type { Check } from '../../check.ts';
import { EVENTS, expectOk, RECIPIENT, SOURCE } from './expectations.ts';

/** No Pacemaker has alerts of that kind, yet. */
const UNKNOWN = 'weather';

/** What alert agents are told of, and what not. */
export const EVENT_CHECKS: readonly Check[] = [
  {
    id: 'AL-01',
    class: 'alert',
    level: 'must',
    title: 'it gives 0 for events of every kind: node, fencing, resource, attribute',
    why: 'The cluster asks for all kinds unless somebody selects some. What the agent could not deliver is told nobody but the log.',
    source: SOURCE,
    remedy: 'Handle all four kinds, with 0 for those that do not matter to you.',
    needs: ['environment'],
    async run(trial) {
      if (trial.subject.cases.instances[0]?.parameters[RECIPIENT] === undefined) {
        trial.note(`Without a recipient many agents do nothing: give one by -o ${RECIPIENT}=VALUE`);
      }
      for (const [kind, when, env = {}] of EVENTS) {
        await expectOk(trial, kind, { when, env: { ...oldVariables(kind), ...env } });
      }
    },
  },
  {
    id: 'AL-02',
    class: 'alert',
    level: 'must',
    title: 'it ends by itself within 30 s',
    why: 'Then it is killed with all that it has started, and the alert is lost. Meanwhile others come: a cluster in trouble has many.',
    source: `${SOURCE}; the meta-attribute timeout of alerts is 30 s by default`,
    remedy: 'Give what waits for a network a time limit of its own, well below 30 s.',
    needs: ['environment'],
    async run(trial) {
      for (const kind of ALERT_KINDS) {
        const run = await trial.run(kind);
        if (run.end.kind === 'timed-out') {
          const expected = `the alert ${kind} to end within ${run.end.limitMs} ms`;
          trial.fail({ expected, seen: 'that it had to be killed' }, run);
          return;
        }
      }
    },
  },
  {
    id: 'AL-03',
    class: 'alert',
    level: 'should',
    title:
      'it gives 0 for a kind that it does not know, and takes no offence at variables that it does not know',
    why: 'Versions of Pacemaker to come may have more of both, as attribute came with 1.1.17.',
    source: SOURCE,
    remedy: 'Ignore other kinds in the last branch of what chooses by CRM_alert_kind.',
    needs: ['environment'],
    async run(trial) {
      await expectOk(trial, UNKNOWN, { when: 'of a kind that there is not' });
      await expectOk(trial, 'node', { when: 'with a further variable', env: { CRM_alert_weather: 'rain' } });
    },
  },
  {
    id: 'AL-04',
    class: 'alert',
    level: 'should',
    title: 'it does not need the old names of variables, CRM_notify_*',
    why: 'Pacemaker 2.1 sets them beside the new ones, 3.0 does not any more.',
    source: 'Pacemaker 3.0, changes: CRM_notify_* dropped',
    remedy: 'Take CRM_alert_* in place of CRM_notify_*; Pacemaker has both since 1.1.15.',
    needs: ['environment'],
    async run(trial) {
      for (const kind of ALERT_KINDS) {
        await expectOk(trial, kind, { when: 'without CRM_notify_*' });
      }
    },
  },
  {
    id: 'AL-05',
    class: 'alert',
    level: 'must',
    title: 'it gives 0 without a recipient',
    why: 'An alert may be configured with none: the agent is called all the same, once.',
    source: 'Pacemaker Explained, Alerts: recipients; comments of the samples that Pacemaker ships',
    remedy: 'Do nothing, with 0, where CRM_alert_recipient is not set; or have a default.',
    needs: ['environment'],
    async run(trial) {
      for (const kind of ALERT_KINDS) {
        const env = { ...oldVariables(kind), [RECIPIENT]: undefined };
        await expectOk(trial, kind, { when: 'without a recipient', env });
      }
    },
  },
  {
    id: 'AL-13',
    class: 'alert',
    level: 'should',
    title: 'it gives 0 without the variables that are not always there',
    why: 'Times depend on the settings of the alert, node numbers and durations on the version of Pacemaker.',
    source: SOURCE,
    remedy: 'Give such variables a default, and none of them a set -u.',
    needs: ['environment'],
    async run(trial) {
      const without = Object.fromEntries(OPTIONAL_VARIABLES.map((name) => [name, undefined]));
      for (const kind of ALERT_KINDS) {
        const env = { ...oldVariables(kind), ...without };
        await expectOk(trial, kind, { when: 'without times, numbers and durations', env });
      }
    },
  },
];
