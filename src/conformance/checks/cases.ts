import type { Check } from '../check.ts';
import { STATE_ACTIONS } from '../states.ts';
import type { AgentCase, AgentStep, Subject } from '../subject.ts';
import type { Trial } from '../trial.ts';

/** How long a shell command of a case may take, in ms. */
const COMMAND_LIMIT_MS = 60_000;

/** The checks that an agent's author has written in the cases: `CASE-name`. */
export function checksOfCases({
  class: checked,
  cases: { cases = [] },
}: Pick<Subject, 'class' | 'cases'>): readonly Check[] {
  return cases.map((agentCase) => ({
    id: `CASE-${agentCase.name}`,
    class: checked,
    level: agentCase.level ?? 'must',
    title: agentCase.title ?? `the case ${agentCase.name} goes as its author says`,
    why: 'The author of the agent holds it to this.',
    source: "The agent's cases.yaml",
    remedy: 'Correct the agent, or the case if it asks for something else than was meant.',
    needs: agentCase.steps.some(({ sh }) => sh !== undefined) ? ['processes'] : [],
    run: (trial) => play(agentCase, trial),
  }));
}

/** One step after the other, until one goes wrong: what comes behind rests on it. */
async function play({ steps }: AgentCase, trial: Trial): Promise<void> {
  // An alert agent has no state.
  if (STATE_ACTIONS[trial.subject.class].ask.action !== '') {
    await trial.reach('stopped');
  }
  for (const [index, step] of steps.entries()) {
    const when = `in step ${index + 1}`;
    const isRight = step.sh === undefined ? await act(step, when, trial) : await command(step, when, trial);
    if (!isRight) {
      return;
    }
  }
}

async function act(step: AgentStep, when: string, trial: Trial): Promise<boolean> {
  const { run: action = '', parameters, level, intervalMs, instance, withinMs } = step;
  const run = await trial.run(action, {
    ...(parameters === undefined ? {} : { parameters }),
    ...(level === undefined ? {} : { checkLevel: level }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(instance === undefined ? {} : { instance }),
  });
  if (!trial.judge(run, { rc: step.rc ?? [0], when })) {
    return false;
  }
  const said = run.exitReason ?? `${run.stdout}${run.stderr}`;
  if (!matches(step, said)) {
    const what = run.exitReason === undefined ? 'output' : 'reason';
    trial.fail(
      { expected: `the ${what} of ${action} ${when} to match ${step.matches}`, seen: shown(said) },
      run,
    );
    return false;
  }
  if (withinMs !== undefined && run.ms > withinMs) {
    trial.fail({ expected: `${action} ${when} to end within ${withinMs} ms`, seen: `${run.ms} ms` }, run);
    return false;
  }
  return true;
}

async function command(step: AgentStep, when: string, trial: Trial): Promise<boolean> {
  const { sh = '', rc = [0], withinMs = COMMAND_LIMIT_MS } = step;
  const startedMs = trial.nowMs();
  const { code, output } = await trial.place.sh(sh, withinMs);
  const ms = Math.round(trial.nowMs() - startedMs);
  if (!rc.includes(code)) {
    const expected = `${quoted(sh)} ${when} to give ${rc.join(' or ')}`;
    trial.fail({ expected, seen: `${code} after ${ms} ms: ${shown(output)}` });
    return false;
  }
  if (!matches(step, output)) {
    trial.fail({
      expected: `${quoted(sh)} ${when} to write what matches ${step.matches}`,
      seen: shown(output),
    });
    return false;
  }
  return true;
}

const matches = ({ matches: pattern }: AgentStep, text: string): boolean =>
  pattern === undefined || new RegExp(pattern, 'u').test(text);

/** The end of a text tells most. */
const shown = (text: string): string => (text.trim() === '' ? 'nothing' : text.trim().slice(-500));

/** The first line of a command. */
const quoted = (text: string): string => JSON.stringify(text.trim().split('\n')[0]);
