import type { Check } from '../../check.ts';
import { headerFaults } from './header-faults.ts';

/** No script has an action of that name. */
const UNKNOWN = 'frobnicate';
const NOT_KNOWN: readonly number[] = [2, 3];

/** What a script says of itself, and to what it does not know. */
export const ANSWER_CHECKS: readonly Check[] = [
  {
    id: 'LSB-12',
    class: 'lsb',
    level: 'should',
    title: 'an unknown action, and none at all, give 2 or 3',
    why: '0 says that something was done; 1 is a failure of the service.',
    source:
      'LSB 5.0, 22.2: 2 invalid or excess arguments, 3 unimplemented; 8 of 12 scripts of Debian 12 give 1',
    remedy: 'End what chooses the action with a branch for all others that gives 3.',
    needs: [],
    async run(trial) {
      await trial.expect(UNKNOWN, { rc: NOT_KNOWN, when: '(an unknown action)' });
      if (trial.place.abilities.has('answers')) {
        const run = await trial.run('');
        trial.judge({ ...run, action: 'a call' }, { rc: NOT_KNOWN, when: 'without an action' });
      }
    },
  },
  {
    id: 'LSB-14',
    class: 'lsb',
    level: 'should',
    title: 'there is one INIT INFO block, well formed, with all that is required',
    why: "A cluster makes the script's metadata of it, and the system the order in which services are started.",
    source: 'LSB 5.0, 22.3 Comment Conventions for Init Scripts',
    remedy:
      'Write Provides, Required-Start, Required-Stop, Default-Start, Default-Stop and Short-Description between ### BEGIN INIT INFO and ### END INIT INFO.',
    needs: [],
    skip: ({ path }) => (path === '' ? 'The script is not on this machine' : undefined),
    async run(trial) {
      for (const seen of headerFaults(trial.subject.metadataText)) {
        trial.fail({ expected: 'one INIT INFO block as the standard has it', seen });
      }
    },
  },
];
