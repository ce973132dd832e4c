import type { Check } from '../../../check.ts';
import { advertises } from '../../../declared.ts';
import { describeProcesses, ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { OK } from '../expectations.ts';
import { STOPPED, UNPROMOTED } from '../roles.ts';
import { missingAfter } from './same-processes.ts';

const RELOADS = ['reload', 'reload-agent'];

/** Changes without a restart. */
export const RELOAD_CHECKS: readonly Check[] = [
  {
    id: 'ACT-15',
    class: 'ocf',
    level: 'should',
    title: 'reload and reload-agent keep the service up, and do not start a stopped one',
    why: 'A reload is what people choose to avoid an interruption. One that restarts interrupts in secret; one that starts a stopped resource makes it active where the cluster does not know of it.',
    source: 'OCF 1.1, reload and reload-agent',
    remedy:
      'Give an error where it does not run; else make the service read its configuration anew, by a signal or a request.',
    needs: ['processes'],
    skip: (subject) =>
      RELOADS.some((action) => advertises(subject, action))
        ? undefined
        : 'It advertises neither reload nor reload-agent',
    async run(trial) {
      for (const action of RELOADS.filter((each) => advertises(trial.subject, each))) {
        await reloadRunning(trial, action);
        await reloadStopped(trial, action);
      }
    },
  },
  {
    id: 'ACT-16',
    class: 'ocf',
    level: 'should',
    title: 'a changed reloadable parameter takes effect by a reload, without a restart',
    why: 'Pacemaker calls the reload when only such parameters were changed, and believes that the new values hold from then on.',
    source:
      'OCF 1.1, reload-agent; Pacemaker: parameters with reloadable="1", before 1.1 those with unique="0"',
    remedy: 'Make the new value known to the service in reload-agent, or take reloadable from the parameter.',
    needs: ['processes'],
    skip: ({ cases }) =>
      cases.reload === undefined
        ? 'The cases do not say under "reload" which parameter can be changed, and to what'
        : undefined,
    run: changeParameter,
  },
];

async function reloadRunning(trial: Trial, action: string): Promise<void> {
  const watch = await ServiceWatch.begin(trial);
  const before = await watch.start();
  await trial.expect('monitor', { rc: UNPROMOTED, when: `before ${action}` });
  const [reload, during] = await Promise.all([trial.run(action), trial.run('monitor')]);
  trial.judge(reload, { rc: OK, when: 'of a running resource' });
  trial.judge(during, { rc: UNPROMOTED, when: `during ${action}` });
  const after = await trial.expect('monitor', { rc: UNPROMOTED, when: `after ${action}` });
  const missing = await missingAfter(watch, before.mains);
  if (missing.length > 0) {
    const expected = `${action} to keep the main process`;
    trial.fail({ expected, seen: `an end of ${describeProcesses(missing)}` }, reload, after);
  }
}

async function reloadStopped(trial: Trial, action: string): Promise<void> {
  await trial.reach('stopped');
  const reload = await trial.run(action);
  if (reload.rc === 0) {
    trial.fail(
      { expected: `an error from ${action} of a stopped resource`, seen: describeEnd(reload) },
      reload,
    );
  }
  const expectation = { rc: STOPPED, when: `after ${action} of a stopped resource` };
  await trial.expect('monitor', expectation, { intervalMs: 0 });
}

async function changeParameter(trial: Trial): Promise<void> {
  const { reload } = trial.subject.cases;
  const action = reloadAction(trial);
  if (reload === undefined || action === undefined) {
    trial.skip('It does not advertise the reload that its version of the API has');
  }
  const watch = await ServiceWatch.begin(trial);
  const before = await watch.start();
  const parameters = { [reload.parameter]: reload.value };
  const run = await trial.expect(
    action,
    { rc: OK, when: `with another ${reload.parameter}` },
    { parameters },
  );
  const expectation = { rc: UNPROMOTED, when: `after ${action} with another ${reload.parameter}` };
  await trial.expect('monitor', expectation, { parameters });
  if (reload.shows === undefined) {
    trial.note('The cases do not say under "reload.shows" how to see that it took effect');
  } else {
    const { code, output } = await trial.place.sh(reload.shows);
    if (code !== 0) {
      const expected = `"reload.shows" of the cases to succeed after ${action}`;
      trial.fail({ expected, seen: `${code}: ${output.trim().slice(-500)}` }, run);
    }
  }
  const missing = await missingAfter(watch, before.mains);
  if (missing.length > 0) {
    trial.fail(
      { expected: `${action} to keep the main process`, seen: `an end of ${describeProcesses(missing)}` },
      run,
    );
  }
}

/** The way in which changed parameters are made known, by the version of the API [ocf-agents 1.6]. */
function reloadAction(trial: Trial): string | undefined {
  const { apiVersion = '1.0' } = trial.subject.metadata ?? {};
  const action = apiVersion === '1.0' ? 'reload' : 'reload-agent';
  return advertises(trial.subject, action) ? action : undefined;
}
