import type { Check } from '../../../check.ts';
import { shellLine } from '../../../shell-words.ts';
import { readAgentText } from '../../../source/agent-text.ts';
import { type Pitfall, readPitfalls, shellcheckWords } from '../../../source/shellcheck.ts';
import type { Trial } from '../../../trial.ts';
import { findInPath } from '../programs.ts';

/** Its exit status: 0 where nothing, 1 where something is to be said; all others tell that it could not read. */
const ANSWERED: readonly number[] = [0, 1];
const LIMIT_MS = 45_000;
/** Lines that are named of one code. */
const LINES_LIMIT = 20;

/** What shellcheck knows. */
export const PITFALL_CHECKS: readonly Check[] = [
  {
    id: 'STAT-02',
    class: 'ocf',
    level: 'should',
    title: 'shellcheck finds none of the pitfalls that make an agent give a wrong answer',
    why: 'A test that is always true, a changed variable that is lost in a subshell, an rm of what an empty variable leaves: no run shows it until the day on which it matters.',
    source:
      'ShellCheck: some fifty of its warnings, those of style left out; CI of resource-agents runs it, too',
    remedy: 'Look the code up at www.shellcheck.net/wiki, change the line, or say beside it why it is right.',
    needs: ['processes'],
    run: findPitfalls,
  },
];

async function findPitfalls(trial: Trial): Promise<void> {
  const { path } = trial.subject;
  const text = await readAgentText(path);
  if (text?.language !== 'shell') {
    trial.skip('It is no shell script');
  }
  if ((await findInPath('shellcheck')) === undefined) {
    trial.skip('shellcheck is not installed');
  }
  const { code: status, output } = await trial.place.sh(shellLine(shellcheckWords(path)), LIMIT_MS);
  if (!ANSWERED.includes(status)) {
    trial.skip(`shellcheck gives ${status}: ${output.trim().slice(0, 200)}`);
  }
  const pitfalls = readPitfalls(output, text.own);
  for (const code of new Set(pitfalls.map((each) => each.code))) {
    const same = pitfalls.filter((each) => each.code === code);
    trial.fail({ expected: `no SC${code}: ${same[0]?.message}`, seen: linesOf(same) });
  }
}

function linesOf(pitfalls: readonly Pitfall[]): string {
  const lines = [...new Set(pitfalls.map(({ line }) => line))];
  const shown = lines.slice(0, LINES_LIMIT).join(', ');
  const more = lines.length > LINES_LIMIT ? ` and ${lines.length - LINES_LIMIT} more` : '';
  return `${lines.length === 1 ? 'line' : 'lines'} ${shown}${more}`;
}
