import { advertises } from '../../declared.ts';
import type { Run } from '../../run.ts';
import type { DeclaredParameter } from '../../subject.ts';
import type { Trial } from '../../trial.ts';
import { cloneMeta, isPromotable } from './roles.ts';

/** Parameters of a kind that are spoilt; what an agent does with the first ones it does with all. */
const SPOILT_LIMIT = 5;

/** Calls every ordinary action once, most of them in a fitting state, and says what came; judges nothing. */
export async function tour(trial: Trial): Promise<readonly Run[]> {
  const { subject } = trial;
  const runs: Run[] = [];
  const options = isPromotable(subject) ? { meta: cloneMeta(subject) } : {};
  const call = async (action: string, more: { readonly intervalMs?: number } = {}): Promise<void> => {
    runs.push(await trial.run(action, { ...options, ...more }));
  };
  const callAdvertised = async (...actions: readonly string[]): Promise<void> => {
    for (const action of actions.filter((each) => advertises(subject, each))) {
      await call(action);
    }
  };
  await call('monitor', { intervalMs: 0 });
  await call('stop');
  await callAdvertised('validate-all', 'status');
  await call('start');
  await call('monitor');
  await call('monitor', { intervalMs: 0 });
  await call('start');
  await callAdvertised('status', 'reload', 'reload-agent');
  if (isPromotable(subject)) {
    await call('promote');
    await call('monitor');
    await call('demote');
  }
  await call('monitor');
  await call('stop');
  await call('stop');
  await call('monitor');
  return runs;
}

/** Brings about failures, each in a way that an agent should know, and says what came; judges nothing. */
export async function provoke(trial: Trial): Promise<readonly Run[]> {
  const { subject, place } = trial;
  const { samples = {}, programs = [] } = subject.cases;
  const parameters = subject.metadata?.parameters ?? [];
  const runs: Run[] = [];
  const start = async (name: string, value: string | undefined): Promise<void> => {
    runs.push(await trial.run('start', { parameters: { [name]: value } }));
    // It may have been a value that it takes.
    await trial.run('stop');
  };
  await trial.run('stop');
  for (const action of ['promote', 'demote', 'reload-agent', 'migrate_to']) {
    if (advertises(subject, action)) {
      runs.push(await trial.run(action));
    }
  }
  for (const { name } of parameters.filter(({ isRequired }) => isRequired).slice(0, SPOILT_LIMIT)) {
    await start(name, undefined);
  }
  const spoilt = parameters.map(
    (each) => [each.name, samples[each.name]?.invalid?.[0] ?? wrongValue(each)] as const,
  );
  for (const [name, value] of spoilt.filter(([, each]) => each !== undefined).slice(0, SPOILT_LIMIT)) {
    await start(name, value);
  }
  if (programs.length > 0 && place.abilities.has('private')) {
    await place.hide(programs);
    runs.push(await trial.run('start'));
    await place.restore();
    await trial.run('stop');
  }
  return runs;
}

/** What can't be of the declared type, whatever the parameter means. */
function wrongValue({ type, options }: DeclaredParameter): string | undefined {
  switch (type) {
    case 'integer':
      return 'abc';
    case 'boolean':
      return 'perhaps';
    case 'select':
      return `not-${options[0] ?? 'one'}`;
    default:
      return undefined;
  }
}
