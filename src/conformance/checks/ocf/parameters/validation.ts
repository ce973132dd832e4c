import type { Check } from '../../../check.ts';
import { advertises } from '../../../declared.ts';
import type { Run } from '../../../run.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Subject } from '../../../subject.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { metadataOf, skipUnlessReadable } from '../metadata/read.ts';
import { programsOf } from '../programs.ts';
import { wrongValues } from './wrong-values.ts';

const OK: readonly number[] = [0];
/** Of a parameter that is wrong: here, or everywhere. */
const WRONG: readonly number[] = [2, 6];
/** Of something that a parameter names and that is not on this host. */
const NOT_HERE: readonly number[] = [2, 5];
const NOT_INSTALLED = 5;
/** A path at which there is nothing, and below which nothing can be made. */
const NOWHERE = '/proc/bundlet-conformance/nowhere';

const skipUnlessValidates = (subject: Subject): string | undefined =>
  advertises(subject, 'validate-all') ? undefined : 'It does not advertise validate-all';

/** Whether wrong parameters are told from right ones. */
export const VALIDATION_CHECKS: readonly Check[] = [
  {
    id: 'PAR-01',
    class: 'ocf',
    level: 'must',
    title: 'validate-all gives 0 for good parameters',
    why: 'pcs and crm_resource ask it before they change a configuration, and refuse what it refuses.',
    source: 'OCF 1.1, validate-all; pcs: agent self validation',
    remedy: 'Let validate-all look at the parameters by the same rules as start.',
    needs: [],
    skip: skipUnlessValidates,
    async run(trial) {
      const run = await trial.run('validate-all');
      if (run.rc === NOT_INSTALLED) {
        trial.skip(`It looks for its software: ${describeEnd(run)}`);
      }
      trial.judge(run, { rc: OK, when: 'of good parameters' });
    },
  },
  {
    id: 'PAR-02',
    class: 'ocf',
    level: 'must',
    title: 'a required parameter that is missing makes validate-all and start give 2 or 6',
    why: 'With 1 a cluster tries again and again, on one node after the other. With 0 something runs that nobody has described.',
    source: 'OCF 1.1, exit status 2 and 6, attribute required',
    remedy: 'Look for every required parameter first, and give 6 (or 2) with a reason that names it.',
    needs: [],
    skip: skipUnlessReadable,
    run: leaveOut,
  },
  {
    id: 'PAR-03',
    class: 'ocf',
    level: 'should',
    title: 'a value of the wrong type gives 6 (2 is taken, too)',
    why: 'A typing error in a number becomes a shell error, a default or an endless wait otherwise, and shows up at the next failover.',
    source: 'OCF 1.1, exit status 6, types of content',
    remedy:
      'Compare values with their types before they are used, and give 6 with a reason that names the parameter.',
    needs: [],
    skip: skipUnlessReadable,
    run: giveWrongValues,
  },
  {
    id: 'PAR-04',
    class: 'ocf',
    level: 'should',
    title: 'a path that names nothing makes start give 2 or 5, a probe 5 or 7, and stop 0',
    why: 'The files may be on another node, or on a file system that is mounted later. 1 and 6 keep the resource from going there; a failed stop fences the node.',
    source: 'OCF 1.1, exit status 2 and 5',
    remedy: 'In start say which file is missing; in probe and stop take it for not running.',
    needs: [],
    skip: ({ cases }) =>
      Object.values(cases.samples ?? {}).some(({ isPath }) => isPath === true)
        ? undefined
        : 'The cases do not say by "isPath" under "samples" which parameters are paths',
    run: nameNothing,
  },
  {
    id: 'PAR-07',
    class: 'ocf',
    level: 'should',
    title: 'validate-all without a check level does not look at the host',
    why: 'It is asked on the node where the administrator is, which may never run the resource.',
    source: 'OCF 1.1, check levels of validate-all: 0 is internal consistency, 10 may look at the host',
    remedy: 'Look for programs and files at OCF_CHECK_LEVEL 10 and above only, and in start.',
    needs: ['private'],
    skip: skipUnlessValidates,
    async run(trial) {
      await requireValid(trial);
      const { paths } = await programsOf(await ServiceWatch.begin(trial));
      await trial.reach('stopped');
      await trial.place.hide(paths);
      await trial.expect('validate-all', { rc: OK, when: `without ${paths.join(', ')}` });
    },
  },
];

async function leaveOut(trial: Trial): Promise<void> {
  const { parameters } = metadataOf(trial);
  const required = parameters.filter(({ isRequired, isDeprecated }) => isRequired && !isDeprecated);
  const missed = required.filter(({ defaultValue = '' }) => defaultValue === '');
  for (const { name } of required.filter((each) => !missed.includes(each))) {
    trial.note(`${name} is required and has a default, so that it can not be missing: META-12`);
  }
  if (missed.length === 0) {
    trial.skip('It declares no required parameter without a default');
  }
  await trial.reach('stopped');
  for (const { name } of missed) {
    const options = { parameters: { [name]: undefined } };
    if (advertises(trial.subject, 'validate-all')) {
      judgeMissing(trial, await trial.run('validate-all', options), name);
    }
    const start = await trial.run('start', options);
    judgeMissing(trial, start, name);
    if (start.rc === 0) {
      await trial.run('stop', options);
      await trial.reach('stopped');
    }
  }
}

function judgeMissing(trial: Trial, run: Run, name: string): void {
  if (run.rc === NOT_INSTALLED) {
    trial.note(`${run.action} without ${name} gave ${describeEnd(run)}: it looks for its software first`);
  } else {
    trial.judge(run, { rc: WRONG, when: `without ${name}, which is required,` });
  }
}

/** Judged by validate-all; of agents without it by start, which must not begin anything then. */
async function giveWrongValues(trial: Trial): Promise<void> {
  const { samples = {} } = trial.subject.cases;
  const action = advertises(trial.subject, 'validate-all') ? 'validate-all' : 'start';
  const parameters = metadataOf(trial).parameters.filter(({ isDeprecated }) => !isDeprecated);
  const tried = parameters.flatMap((parameter) =>
    wrongValues(parameter, samples[parameter.name]).map((value) => [parameter.name, value] as const),
  );
  const good = Object.entries(samples).flatMap(([name, { valid = [] }]) =>
    valid.map((value) => [name, value] as const),
  );
  if (tried.length === 0 && good.length === 0) {
    trial.skip('Its parameters are all texts, and the cases give no samples');
  }
  await (action === 'start' ? trial.reach('stopped') : requireValid(trial));
  for (const [name, value] of tried) {
    const run = await trial.run(action, { parameters: { [name]: value } });
    trial.judge(run, { rc: WRONG, when: `with ${name}=${JSON.stringify(value)}` });
    if (action === 'start' && run.rc === 0) {
      await trial.run('stop', { parameters: { [name]: value } });
    }
  }
  if (action === 'validate-all') {
    for (const [name, value] of good) {
      const when = `with ${name}=${JSON.stringify(value)}, which is valid by the cases,`;
      await trial.expect(action, { rc: OK, when }, { parameters: { [name]: value } });
    }
  }
}

async function nameNothing(trial: Trial): Promise<void> {
  await trial.reach('stopped');
  const paths = Object.entries(trial.subject.cases.samples ?? {}).filter(([, { isPath }]) => isPath === true);
  for (const [name] of paths) {
    const options = { parameters: { [name]: NOWHERE } };
    const when = `with ${name} naming nothing`;
    await trial.expect('start', { rc: NOT_HERE, when }, options);
    await trial.expect('monitor', { rc: [NOT_INSTALLED, 7], when }, { ...options, intervalMs: 0 });
    await trial.expect('stop', { rc: OK, when }, options);
  }
}

/** Nothing can be said of wrong values where good ones are refused. */
async function requireValid(trial: Trial): Promise<void> {
  const run = await trial.run('validate-all');
  if (run.rc !== 0) {
    trial.skip(`validate-all gives ${describeEnd(run)} for good parameters: PAR-01`);
  }
}
