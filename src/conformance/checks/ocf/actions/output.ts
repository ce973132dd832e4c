import type { Check } from '../../../check.ts';
import type { Run } from '../../../run.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { programErrorIn } from '../../program-errors.ts';
import { provoke, tour } from '../tour.ts';

/** Codes that mean something to Pacemaker [ocf-agents 1.3]. */
const KNOWN_CODES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 190, 191]);

/** Codes that say everything: ok, unimplemented, not running, promoted, degraded. */
const SELF_EXPLAINING: ReadonlySet<number> = new Set([0, 3, 7, 8, 190, 191]);

/** Actions whose output is for people or tools. */
const TALKING: ReadonlySet<string> = new Set(['meta-data', 'usage', 'help', 'methods']);

/** ANSI sequences; the escape letter is what they begin with. */
const ESCAPE = '\u001b';
/** Of a text in a finding. */
const SHOWN_LIMIT = 200;

/** What actions give beside doing something: exit codes, reasons, output. */
export const OUTPUT_CHECKS: readonly Check[] = [
  {
    id: 'ACT-10',
    class: 'ocf',
    level: 'should',
    title: 'exit codes are 0 to 9, 190 or 191',
    why: 'Pacemaker makes 1 of every other code. 127 and 126 say that the agent calls a program that is not there, codes above 128 that something was killed.',
    source: 'OCF 1.1, exit status; Pacemaker: services_ocf_exitcode_str and the executor',
    remedy:
      'Give a code of the standard wherever the agent ends, and do not hand on those of programs that it calls.',
    needs: ['answers'],
    async run(trial) {
      for (const run of await everything(trial)) {
        if ((run.end.kind === 'exited' && !KNOWN_CODES.has(run.rc)) || run.end.kind === 'signalled') {
          const expected = `${run.action} to give a code of the standard`;
          trial.fail({ expected, seen: describeEnd(run) }, run);
        }
      }
    },
  },
  {
    id: 'ACT-11',
    class: 'ocf',
    level: 'should',
    title: 'every failure says why in one line, and no success does',
    why: 'The exit reason is what crm_mon and pcs status show. Without it people see "error" and must find the log of the right node; a reason beside success is shown with the next failure.',
    source: 'Pacemaker: exit reasons; resource-agents: ocf_exit_reason',
    remedy:
      'Print ocf-exit-reason: and the reason to standard error before the end with 1, 2, 4, 5, 6 or 9; no colours.',
    needs: [],
    run: judgeReasons,
  },
  {
    id: 'ACT-12',
    class: 'ocf',
    level: 'should',
    title: 'standard output is empty, but of meta-data, usage and methods',
    why: 'Pacemaker logs standard output of every action, at each monitor. Tools that call agents take it for an answer.',
    source: 'OCF 1.1, output; Pacemaker logs it at level info or above',
    remedy: 'Send what programs in the agent print to the log or to standard error.',
    needs: ['answers'],
    async run(trial) {
      for (const run of await everything(trial)) {
        // Who does not know an action prints what it knows.
        if (run.stdout.trim() !== '' && run.rc !== 3 && !TALKING.has(run.action)) {
          const expected = `nothing on standard output of ${run.action}`;
          trial.fail({ expected, seen: shown(run.stdout) }, run);
        }
      }
    },
  },
  {
    id: 'ACT-13',
    class: 'ocf',
    level: 'should',
    title: 'no action prints an error of the agent as a program',
    why: 'A missing program, or a comparison of an empty value, is skipped by a shell, and the agent goes on with a wrong answer.',
    source:
      'Seen: "unexpected operator" with paths that have blanks, Python exceptions as a result of monitor',
    remedy: 'Quote values, look for programs before they are used, and catch exceptions.',
    needs: [],
    async run(trial) {
      for (const run of await everything(trial)) {
        const found = programErrorIn(run.stderr);
        if (found !== undefined) {
          const expected = `no error of the program in ${run.action}`;
          trial.fail({ expected, seen: shown(lineAt(run.stderr, found.index)) }, run);
        }
      }
    },
  },
];

async function everything(trial: Trial): Promise<readonly Run[]> {
  return [...(await tour(trial)), ...(await provoke(trial))];
}

async function judgeReasons(trial: Trial): Promise<void> {
  const runs = [...(await everything(trial)), ...(await monitorAfterCrash(trial))];
  const ended = runs.filter(({ end }) => end.kind === 'exited');
  for (const run of ended) {
    const reason = run.exitReason?.trim() ?? '';
    if (SELF_EXPLAINING.has(run.rc)) {
      if (reason !== '' && run.rc === 0) {
        trial.fail({ expected: `no exit reason of a ${run.action} that gives 0`, seen: shown(reason) }, run);
      }
    } else if (reason === '') {
      trial.fail(
        { expected: `a reason why ${run.action} fails`, seen: `${describeEnd(run)} without one` },
        run,
      );
    }
    if (reason.includes(ESCAPE)) {
      trial.fail(
        { expected: `a reason without colours from ${run.action}`, seen: JSON.stringify(reason) },
        run,
      );
    }
  }
  if (ended.every(({ rc }) => SELF_EXPLAINING.has(rc))) {
    trial.note('Nothing that was tried made it fail: give invalid samples or "programs" in the cases');
  }
}

async function monitorAfterCrash(trial: Trial): Promise<readonly Run[]> {
  if (!trial.place.abilities.has('processes')) {
    return [];
  }
  const watch = await ServiceWatch.begin(trial);
  const start = await trial.run('start');
  const { all } = await watch.look();
  if (start.rc !== 0 || (all.length === 0 && trial.subject.cases.crash === undefined)) {
    return [start];
  }
  await watch.crash();
  return [start, await trial.run('monitor')];
}

const shown = (text: string): string => JSON.stringify(text.trim().slice(0, SHOWN_LIMIT));

function lineAt(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index - 1) + 1, end === -1 ? undefined : end);
}
