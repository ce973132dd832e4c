import type { Check } from '../../check.ts';
import type { Run } from '../../run.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { fromStopped, started } from './expectations.ts';

/** What Pacemaker's metadata of an init script says for every action, in ms [pcmk services_lsb.c]. */
const LIMIT_MS = 15_000;
/** From here on somebody holds outputs for good; less is the time that a busy machine takes to tell [spawn-call.ts]. */
const HELD_MS = 500;
/** How much longer is waited to see how long it takes, in ms. */
const WAIT_LIMIT_MS = 30_000;
/** The end of a text that waits for an answer. */
const PROMPT = /(?:\[[yY]\/[nN]\]|\([yY](?:es)?\/[nN]o?\)|[Pp]ass(?:word|phrase)\S*|\?)\s*:?\s*$/;
/** `nobody`, everywhere. */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** Debian's way to have a script do its work itself, where it would ask systemd [/lib/lsb/init-functions.d/40-systemd]. */
const ITSELF = { env: { _SYSTEMCTL_SKIP_REDIRECT: '1' } };

/** How and as whom a script is called. */
export const SURROUNDING_CHECKS: readonly Check[] = [
  {
    id: 'LSB-15',
    class: 'lsb',
    level: 'should',
    title: 'every action ends within 15 s, asks nothing, and leaves nobody with its outputs',
    why: 'A cluster calls scripts without a terminal and gives up after the timeout, which is 15 s unless somebody has set another. Who holds the outputs gets in the way of whoever reads them.',
    source: 'Pacemaker: metadata of class lsb; LSB 5.0, 22.2: no user interaction',
    remedy: 'Send the output of the daemon to its log, and read no answer from the terminal.',
    needs: ['answers'],
    run: callAll,
  },
  {
    id: 'LSB-16',
    class: 'lsb',
    level: 'should',
    title: 'status as another user is right, or 4',
    why: 'Monitoring calls it so. What can not be seen without privileges is unknown, and not stopped.',
    source: 'LSB 5.0, 22.2: status without privileges; 4 is unknown',
    remedy: 'Give 4 from status where the PID file can not be read or the process not be seen.',
    needs: ['users', 'answers'],
    async run(trial) {
      await started(trial);
      await trial.expect('status', { rc: [0, 4], when: 'of a running service' }, { user: NOBODY });
      await fromStopped(trial);
      await trial.expect('status', { rc: [3, 4], when: 'of a stopped service' }, { user: NOBODY });
    },
  },
  {
    id: 'LSB-17',
    class: 'lsb',
    level: 'should',
    title: 'where systemd runs it answers the same, by systemd or by itself',
    why: "Debian's scripts hand their actions to systemd where that runs. A cluster gets what systemd says then, and the unit may differ from the script.",
    source: 'Debian: /lib/lsb/init-functions.d/40-systemd',
    remedy: 'Give the unit and the script the same meaning, or use class systemd.',
    needs: ['environment', 'answers'],
    run: compareWithSystemd,
  },
];

async function callAll(trial: Trial): Promise<void> {
  await fromStopped(trial);
  for (const action of ['status', 'start', 'status', 'restart', 'force-reload', 'stop', 'status', 'stop']) {
    const run = await trial.run(action, { timeoutMs: WAIT_LIMIT_MS });
    if (run.end.kind === 'timed-out' || run.ms > LIMIT_MS) {
      const seen = run.end.kind === 'timed-out' ? describeEnd(run) : `${run.ms} ms`;
      trial.fail({ expected: `${action} to end within ${LIMIT_MS} ms`, seen }, run);
    }
    judgeOutputs(trial, run);
    if (run.end.kind === 'timed-out') {
      return;
    }
  }
}

function judgeOutputs(trial: Trial, run: Run): void {
  if (run.heldMs >= HELD_MS) {
    const expected = `nobody to hold the outputs of ${run.action} when it has ended`;
    trial.fail({ expected, seen: `somebody ${run.heldMs} ms later` }, run);
  }
  const question = [run.stdout, run.stderr].find((text) => PROMPT.test(text.trimEnd()));
  if (question !== undefined) {
    const expected = `${run.action} to ask nothing`;
    trial.fail({ expected, seen: question.trimEnd().slice(-100) }, run);
  }
}

async function compareWithSystemd(trial: Trial): Promise<void> {
  if ((await trial.place.sh('[ -d /run/systemd/system ]')).code !== 0) {
    trial.skip('No systemd runs here: it is the same script then');
  }
  const answers = async (options: typeof ITSELF | Record<string, never>): Promise<readonly Run[]> => {
    const runs: Run[] = [];
    for (const action of ['stop', 'status', 'start', 'status', 'start', 'stop', 'status', 'stop']) {
      runs.push(await trial.run(action, options));
    }
    return runs;
  };
  const bySystemd = await answers({});
  const byItself = await answers(ITSELF);
  bySystemd.forEach((run, index) => {
    const own = byItself[index];
    if (own !== undefined && own.rc !== run.rc) {
      const expected = `${run.action} to give the same by itself, ${describeEnd(own)}`;
      trial.fail({ expected, seen: describeEnd(run) }, run, own);
    }
  });
}
