import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../../../check.ts';
import { advertises, declaredTimeoutMs } from '../../../declared.ts';
import type { Run, RunOptions } from '../../../run.ts';
import type { DeclaredParameter } from '../../../subject.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { metadataOf, skipUnlessReadable } from '../metadata/read.ts';
import { interpreterError } from './interpreter-errors.ts';

/** Values with everything that shells split, expand or take for a quote. */
const ODD_VALUES: readonly string[] = ['two words\tand *', 'it\'s "so"; or not', 'é ☃ 漢'];
/** All of it, for the actions that cost time. */
const ODDEST = 'two words\tit\'s "so"; * é';
/** By such names parameters are commands or words of one: running what is in them is their purpose. */
const COMMANDS =
  /(?:^|_)(?:cmd\w*|command\w*|script\w*|hooks?|exec\w*|options?|opts?|args?|arguments?|params?)(?:_|$)|(?:cmd|opts|options|args|params)$/i;
/** When no further parameter is begun, in ms: below the least time that a check has. */
const BUDGET_MS = 35_000;
/** No action with such a value is waited for longer, in ms. */
const PATIENCE_MS = 5000;
/** Codes that come from programs and not from agents. */
const isNoAnswer = ({ end, rc }: Run): boolean =>
  end.kind === 'exited' && (rc === 126 || rc === 127 || rc === 255);

/** What values do that look like parts of a program. */
export const ODD_VALUE_CHECKS: readonly Check[] = [
  {
    id: 'PAR-05',
    class: 'ocf',
    level: 'must',
    title: 'blanks, quotes, *, ; and letters of all languages in values break nothing',
    why: 'A value in two words makes a test of a shell fail, and the agent goes on as if the test had said no. Paths with a blank are enough.',
    source: 'OCF 1.1, parameters are any text; seen with ocf-tester itself',
    remedy: 'Put every "$variable" in double quotes; refuse what can not be used with 6 (or 2) and a reason.',
    needs: [],
    skip: skipUnlessReadable,
    run: giveOddValues,
  },
  {
    id: 'PAR-06',
    class: 'ocf',
    level: 'must',
    title: 'nothing in a value is executed',
    why: 'Agents run as root. Who may set one parameter of one resource owns the node, and the whole cluster with it.',
    source: 'OCF 1.1, parameters are text; eval and sh -c in agents',
    remedy:
      'Do not use eval. Hand values to sh -c, su -c and ssh as arguments or in the environment, never as part of the text.',
    needs: ['traces'],
    skip: skipUnlessReadable,
    run: giveCommands,
  },
];

async function giveOddValues(trial: Trial): Promise<void> {
  const texts = metadataOf(trial).parameters.filter(
    ({ type, isDeprecated }) => type === 'string' && !isDeprecated,
  );
  if (texts.length === 0) {
    trial.skip('It has no parameter that takes a text');
  }
  const broken = await brokenBefore(trial);
  await eachInTime(trial, texts, async ({ name }) => {
    const isFree = trial.subject.cases.samples?.[name]?.isFreeText === true;
    for (const value of ODD_VALUES) {
      const options = { parameters: { [name]: value } };
      if (advertises(trial.subject, 'validate-all')) {
        const run = await trial.run('validate-all', limited(trial, 'validate-all', options));
        judgeOdd(trial, run, { name, value, broken, good: isFree ? [0] : undefined });
      }
      const probe = await trial.run('monitor', limited(trial, 'monitor', { ...options, intervalMs: 0 }));
      judgeOdd(trial, probe, { name, value, broken, good: isFree ? [7] : undefined });
    }
    if (isFree || trial.place.abilities.has('private')) {
      await liveWith(trial, { name, value: ODDEST, broken, isFree });
    }
  });
}

interface Oddity {
  readonly name: string;
  readonly value: string;
  /** Actions that complain of themselves with good values, too. */
  readonly broken: ReadonlySet<string>;
  /** Codes that must come; undefined where the value may be refused. */
  readonly good?: readonly number[] | undefined;
}

function judgeOdd(trial: Trial, run: Run, { name, value, broken, good }: Oddity): void {
  const complaint = broken.has(run.action) ? undefined : interpreterError(run.stderr, value);
  const isWrong = complaint !== undefined || isNoAnswer(run);
  if (isWrong) {
    const seen = complaint ?? describeEnd(run);
    if (COMMANDS.test(name)) {
      trial.note(`${name}=${JSON.stringify(value)}, a command by its name, breaks ${run.action}: ${seen}`);
    } else {
      const expected = `${run.action} not to be broken by ${name}=${JSON.stringify(value)}`;
      trial.fail({ expected, seen }, run);
    }
  } else if (good !== undefined) {
    trial.judge(run, { rc: good, when: `with ${name}=${JSON.stringify(value)}, which is free text,` });
  }
}

/** One life with a value; what may be refused is tried all the same: that is where agents use it. */
async function liveWith(
  trial: Trial,
  { name, value, broken, isFree }: Oddity & { readonly isFree: boolean },
): Promise<void> {
  const oddity = (good: readonly number[]): Oddity => ({
    ...{ name, value, broken },
    ...(isFree ? { good } : {}),
  });
  const options = { parameters: { [name]: value } };
  const call = (action: string): Promise<Run> => trial.run(action, limited(trial, action, options));
  const start = await call('start');
  judgeOdd(trial, start, oddity([0]));
  if (start.rc === 0) {
    judgeOdd(trial, await call('monitor'), oddity([0, 8, 190]));
  }
  judgeOdd(trial, await call('stop'), oddity([0]));
}

async function giveCommands(trial: Trial): Promise<void> {
  const folder = join(trial.place.scratch, 'canaries');
  await mkdir(folder, { recursive: true });
  // Agents run programs as other users, too.
  await chmod(folder, 0o777);
  const seen = new Set(await readdir(folder));
  const isPrivate = trial.place.abilities.has('private');
  const actions = [
    ...(advertises(trial.subject, 'validate-all') ? ['validate-all'] : []),
    ...['monitor', ...(isPrivate ? ['start', 'stop'] : [])],
  ];
  const parameters = metadataOf(trial).parameters.filter(({ isDeprecated }) => !isDeprecated);
  await eachInTime(trial, parameters, async ({ name }) => {
    for (const value of commandValues(join(folder, name))) {
      for (const action of actions) {
        const run = await trial.run(
          action,
          limited(trial, action, { parameters: { [name]: value }, intervalMs: 0 }),
        );
        const made = (await readdir(folder)).filter(
          (file) => !seen.has(file) && wayOf(file, name) !== undefined,
        );
        for (const file of made) {
          seen.add(file);
        }
        tellExecuted(trial, { run, name, made });
      }
    }
  });
}

/** Ways by which a text becomes a command, and the names of what they leave, behind the stem. */
const WAYS: Readonly<Record<string, string>> = {
  substitution: '$(…)',
  backquotes: '`…`',
  semicolon: ';',
  newline: 'a newline',
  quote: "'",
  'double-quote': '"',
  index: 'an index of an array, [$(…)]',
};

/** By which of them a file came about; undefined of one that came about otherwise. */
function wayOf(file: string, name: string): string | undefined {
  const [, words] = Object.entries(WAYS).find(([way]) => file === `${name}.${way}`) ?? [];
  return words;
}

/** The redirection makes the file: an agent that only makes files of all words in a value makes others. */
function commandValues(stem: string): readonly string[] {
  const write = (way: string): string => `echo x>${stem}.${way}`;
  return [
    `x$(${write('substitution')})\`${write('backquotes')}\`;${write('semicolon')};\n${write('newline')}\n`,
    `x';${write('quote')};'";${write('double-quote')};"`,
    `x[$(${write('index')})]`,
  ];
}

function tellExecuted(
  trial: Trial,
  { run, name, made }: { readonly run: Run; readonly name: string; readonly made: readonly string[] },
): void {
  if (made.length === 0) {
    return;
  }
  const ways = made.map((file) => wayOf(file, name)).join(', ');
  if (COMMANDS.test(name)) {
    trial.note(`${run.action} executes ${name}, a command by its name: ${ways}`);
  } else {
    trial.fail(
      { expected: `${run.action} not to execute what is in ${name}`, seen: `it does, by ${ways}` },
      run,
    );
  }
}

/** Actions that complain of themselves with good values: nothing can be told by that then. */
async function brokenBefore(trial: Trial): Promise<ReadonlySet<string>> {
  await trial.reach('stopped');
  const runs = [
    await trial.run('validate-all'),
    await trial.run('monitor', { intervalMs: 0 }),
    ...(trial.place.abilities.has('private')
      ? [await trial.run('start'), await trial.run('monitor'), await trial.run('stop')]
      : []),
  ];
  const broken = runs.filter((run) => interpreterError(run.stderr, '') !== undefined || isNoAnswer(run));
  for (const { action } of broken) {
    trial.note(`${action} prints such errors with good parameters, too: ACT-13`);
  }
  return new Set(broken.map(({ action }) => action));
}

async function eachInTime(
  trial: Trial,
  parameters: readonly DeclaredParameter[],
  work: (parameter: DeclaredParameter) => Promise<void>,
): Promise<void> {
  const endMs = trial.nowMs() + BUDGET_MS;
  for (const [index, parameter] of parameters.entries()) {
    if (trial.nowMs() > endMs) {
      const rest = parameters.slice(index).map(({ name }) => name);
      trial.note(`Its actions take long, so that these were not tried: ${rest.join(', ')}`);
      return;
    }
    await work(parameter);
  }
}

function limited(trial: Trial, action: string, options: RunOptions): RunOptions {
  return { ...options, timeoutMs: Math.min(PATIENCE_MS, declaredTimeoutMs(trial.subject, action, options)) };
}
