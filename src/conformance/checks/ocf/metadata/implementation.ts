import type { Check } from '../../../check.ts';
import type { RunOptions } from '../../../run.ts';
import type { Trial, Wanted } from '../../../trial.ts';
import { cloneMeta, OTHER_NODE } from '../roles.ts';
import { metadataOf, skipUnlessReadable } from './read.ts';

const UNIMPLEMENTED = 3;

/** States in which actions make sense; all others are called while it runs. */
const FITTING: Readonly<Record<string, Wanted>> = {
  'meta-data': 'stopped',
  'validate-all': 'stopped',
  start: 'stopped',
  migrate_from: 'stopped',
  usage: 'stopped',
  help: 'stopped',
  methods: 'stopped',
};

/** Whether the agent does what it says that it can. */
export const IMPLEMENTATION_CHECKS: readonly Check[] = [
  {
    id: 'META-08',
    class: 'ocf',
    level: 'must',
    title: 'every advertised action is implemented: none gives 3',
    why: 'Pacemaker decides by the metadata what it does. It migrates, reloads or promotes where that is advertised, and gets a failure where a restart would have worked.',
    source: 'OCF 1.1, exit status 3: the action is not supported',
    remedy: 'Implement the action, or take it out of the metadata.',
    needs: [],
    skip: skipUnlessReadable,
    run: callAdvertised,
  },
];

async function callAdvertised(trial: Trial): Promise<void> {
  const names = [...new Set(metadataOf(trial).actions.map(({ name }) => name))];
  const stateOf = (action: string): Wanted => FITTING[action] ?? 'started';
  const inOrder = [
    ...names.filter((action) => stateOf(action) === 'stopped'),
    ...names.filter((action) => stateOf(action) === 'started'),
  ];
  for (const action of inOrder) {
    const options = optionsOf(trial, action);
    if (!ANYWHERE.has(action)) {
      await trial.reach(stateOf(action), { meta: cloneMeta(trial.subject) });
    }
    const run = await trial.run(action, options);
    if (run.rc === UNIMPLEMENTED) {
      trial.fail(
        { expected: `${action} to be implemented, since it is advertised`, seen: '3 (unimplemented)' },
        run,
      );
    }
  }
}

/** Of those the state does not matter, so that much is known even of what can't be started. */
const ANYWHERE: ReadonlySet<string> = new Set(['meta-data', 'validate-all', 'usage', 'help', 'methods']);

function optionsOf({ subject }: Trial, action: string): RunOptions {
  const meta = cloneMeta(subject);
  switch (action) {
    case 'migrate_to':
      return { meta: { migrate_target: OTHER_NODE } };
    case 'migrate_from':
      return { meta: { migrate_source: OTHER_NODE } };
    case 'notify':
      return { meta: { ...meta, notify_type: 'pre', notify_operation: 'start' } };
    default:
      return { meta };
  }
}
