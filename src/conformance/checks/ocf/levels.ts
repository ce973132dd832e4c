import { readFile } from 'node:fs/promises';
import type { Check } from '../../check.ts';
import { ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { OK } from './expectations.ts';
import { cloneMeta, STOPPED, UNPROMOTED } from './roles.ts';
import { tour } from './tour.ts';

/** Levels of the standard, others between and beyond them, and none at all. */
const LEVELS = [0, 5, 10, 15, 20, 99, 'abc'] as const;

const DEGRADED: ReadonlySet<number> = new Set([190, 191]);

/** How much of a script is looked at, in letters. */
const SCRIPT_LIMIT = 1_000_000;
/** Where a script compares the level with a number: `$OCF_CHECK_LEVEL -ge 10`, `ocf_check_level 10 20`. */
const COMPARISON =
  /OCF_CHECK_LEVEL["'}\])]*\s*(?:-(?:eq|ge|gt|lt|le)|==?|>=?)\s*["']?(\d+)|ocf_check_level((?:\s+\d+)+)/g;

/** How closely monitor looks, degraded states, and variables of clones. */
export const LEVELS_CHECKS: readonly Check[] = [
  {
    id: 'LVL-01',
    class: 'ocf',
    level: 'must',
    title: 'monitor gives the same with every check level, known or not',
    why: 'The level is set by who configures the operation, who can know only those of the standard. An error for the level itself is taken for a failure of the service.',
    source: 'OCF 1.1, check levels: a level that is not supported is the next lower one',
    remedy: 'Compare the level as a number, with "at least", and take what is none for 0.',
    needs: [],
    async run(trial) {
      await trial.reach('stopped');
      for (const checkLevel of LEVELS) {
        const expectation = { rc: STOPPED, when: `at level ${checkLevel} of a stopped resource` };
        await trial.expect('monitor', expectation, { checkLevel });
      }
      await trial.reach('started');
      for (const checkLevel of LEVELS) {
        const expectation = { rc: UNPROMOTED, when: `at level ${checkLevel} of a running resource` };
        await trial.expect('monitor', expectation, { checkLevel });
      }
    },
  },
  {
    id: 'LVL-02',
    class: 'ocf',
    level: 'should',
    title: 'deeper levels of monitor are advertised by depth',
    why: 'Nobody uses what only the source of the agent tells. Tools offer the monitors that the metadata lists.',
    source: 'OCF 1.1, depth of an action; seen with heartbeat:apache: level 10 works and is not advertised',
    remedy:
      'Add <action name="monitor" depth="10" timeout=… interval=…> for each level, with an interval of its own.',
    needs: [],
    run: judgeDepths,
  },
  {
    id: 'DEG-01',
    class: 'ocf',
    level: 'should',
    title: '190 and 191 come only from monitor, and only of what serves',
    why: 'A cluster takes them for running. From other actions they are failures; of a service that is down they hide that.',
    source: 'OCF 1.1, exit status 190 and 191',
    remedy: 'Give 190 or 191 only where monitor would else give 0 or 8.',
    needs: [],
    run: judgeDegraded,
  },
  {
    id: 'NEST-01',
    class: 'ocf',
    level: 'should',
    title: 'it works as an instance of a clone, unique or not',
    why: 'Any resource can be cloned. Its actions then have further variables, and with globally-unique a name with a number.',
    source: 'Pacemaker: clones; OCF_RESOURCE_INSTANCE is NAME:N where they are unique',
    remedy:
      'Do not use the name of the instance where a colon is not allowed, and take variables that are not known.',
    needs: [],
    async run(trial) {
      const { subject, place } = trial;
      await cycle(trial, { meta: cloneMeta(subject) }, 'of an instance of a clone');
      if (place.abilities.has('environment')) {
        const name = subject.cases.instances[0]?.name ?? '';
        const env = { OCF_RESOURCE_INSTANCE: `${name}:0` };
        await cycle(
          trial,
          { meta: cloneMeta(subject, { isUnique: true }), env },
          'of a unique instance of a clone',
        );
      }
    },
  },
];

/** By what it does, and by what stands in it where it is a script. */
async function judgeDepths(trial: Trial): Promise<void> {
  const { subject } = trial;
  const advertised = new Set(
    (subject.metadata?.actions ?? [])
      .filter(({ name }) => name === 'monitor')
      .map(({ depth = '0' }) => Number(depth)),
  );
  const compared = subject.interpreter === undefined ? [] : await comparedLevels(subject.path);
  const missing = new Set(compared.filter((level) => level > 0 && !advertised.has(level)));
  await trial.reach('started');
  const plain = await trial.run('monitor');
  for (const checkLevel of [10, 20].filter((level) => !advertised.has(level))) {
    const deeper = await trial.run('monitor', { checkLevel });
    if (deeper.rc !== plain.rc) {
      const expected = `a monitor with depth ${checkLevel} in the metadata, since it does something else then`;
      trial.fail({ expected, seen: `none, and ${describeEnd(deeper)}` }, plain, deeper);
      missing.delete(checkLevel);
    }
  }
  // It may be another action that does so: validate-all has levels, too.
  for (const level of missing) {
    trial.note(`Its text compares the level with ${level}, and the metadata has no monitor of that depth`);
  }
}

async function comparedLevels(path: string): Promise<readonly number[]> {
  const text = (await readFile(path, 'utf8').catch(() => '')).slice(0, SCRIPT_LIMIT);
  return [...text.matchAll(COMPARISON)].flatMap(([, one, several = '']) =>
    [one ?? '', ...several.split(/\s+/)].filter((word) => word !== '').map(Number),
  );
}

async function judgeDegraded(trial: Trial): Promise<void> {
  const watch = trial.place.abilities.has('processes') ? await ServiceWatch.begin(trial) : undefined;
  for (const run of await tour(trial)) {
    if (DEGRADED.has(run.rc) && run.action !== 'monitor' && run.action !== 'status') {
      trial.fail({ expected: `0 from ${run.action}`, seen: describeEnd(run) }, run);
    }
  }
  await trial.reach('stopped');
  const judge = async (expected: string): Promise<void> => {
    const monitor = await trial.run('monitor');
    if (DEGRADED.has(monitor.rc)) {
      trial.fail({ expected, seen: describeEnd(monitor) }, monitor);
    }
  };
  await judge('7 from monitor of a stopped resource');
  const all = (await watch?.start())?.all ?? [];
  if (watch !== undefined && (all.length > 0 || trial.subject.cases.crash !== undefined)) {
    await watch.crash();
    await judge('7 or 1 from monitor of a crashed service');
  }
}

interface CloneOptions {
  readonly meta: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

async function cycle(trial: Trial, options: CloneOptions, when: string): Promise<void> {
  await trial.reach('stopped', options);
  await trial.expect('start', { rc: OK, when }, options);
  await trial.expect('monitor', { rc: UNPROMOTED, when: `after start ${when}` }, options);
  await trial.expect(
    'monitor',
    { rc: UNPROMOTED, when: `(probe) after start ${when}` },
    { ...options, intervalMs: 0 },
  );
  await trial.expect('stop', { rc: OK, when }, options);
  await trial.expect('monitor', { rc: STOPPED, when: `after stop ${when}` }, options);
}
