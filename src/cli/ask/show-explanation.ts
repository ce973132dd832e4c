import type { ResourceStatus, Run } from '../../control/model.ts';
import { stateWord } from '../../process/hang.ts';
import { type Paint, paintState } from '../show/colours.ts';
import { facts, oneLine, table } from '../show/table.ts';
import { ago, span } from '../show/time.ts';
import { agentName, rcText, titleOf } from './show-run.ts';

/** Why a resource is as it is. */
export interface Explanation {
  readonly resource: ResourceStatus;
  /** The newest run that failed. */
  readonly failure?: Run;
  /** The newest of all. */
  readonly last?: Run;
  readonly remedies: readonly string[];
}

/** What `bundlet explain` shows people. */
export function explanationText(
  { resource, failure, last, remedies }: Explanation,
  nowMs: number,
  paint: Paint,
): string {
  const { id, state, sinceMs, running } = resource;
  const parts = [
    `${id} (${agentName(resource)}) is ${paintState(paint, state)} since ${span(nowMs - sinceMs)}.\n`,
  ];
  for (const { action, intervalMs, startedAtMs, timeoutMs } of running) {
    parts.push(
      `Now runs: ${titleOf({ action, intervalMs })}, for ${span(nowMs - startedAtMs)} of ${span(timeoutMs)}.\n`,
    );
  }
  if (failure === undefined) {
    parts.push(
      last === undefined
        ? 'Nothing of it has run yet.\n'
        : `Nothing has failed. Last: ${titleOf(last)}, ${rcText(last.rc)}, ${ago(last.startedAtMs, nowMs)}.\n`,
    );
    return parts.join('\n');
  }
  parts.push(failureText(failure, nowMs));
  if (failure.output !== undefined) {
    parts.push(`What it wrote:\n${indented(failure.output)}`);
  }
  parts.push(hangText(failure));
  parts.push(`What to do:\n${remedies.map((remedy) => `  - ${remedy}\n`).join('')}`);
  return parts.filter((part) => part !== '').join('\n');
}

function failureText(run: Run, nowMs: number): string {
  const parameters = Object.entries(run.parameters).map(([name, value]) => `${name}=${oneLine(value)}`);
  return `Its last failure: ${titleOf(run)}, ${ago(run.startedAtMs + run.execMs, nowMs)}\n${facts([
    ['  result', `${rcText(run.rc)}, ${run.status}`],
    ['  reason', oneLine(run.exitReason ?? 'the agent gave none')],
    ['  took', `${span(run.execMs)} of ${run.timeoutMs === 0 ? 'no limit' : span(run.timeoutMs)}`],
    ['  what ran', `${run.agent} ${run.action}, call ${run.callId}`],
    ['  with', parameters.length === 0 ? 'no parameters' : parameters.join(' ')],
  ])}`;
}

function hangText({ hang }: Run): string {
  if (hang === undefined) {
    return '';
  }
  const processes = table(
    ['pid', 'parent', 'state', 'waits in', 'command'],
    hang.processes.map(({ pid, parent, state, waitsIn = '-', command }) => [
      String(pid),
      String(parent),
      stateWord(state),
      waitsIn,
      command,
    ]),
  );
  const lines =
    hang.lastLines.length === 0 ? '' : `Its last lines then:\n${indented(hang.lastLines.join('\n'))}`;
  return `What it did when its time was over:\n${indented(processes.trimEnd())}${lines}`;
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line.replaceAll(/\p{Cc}/gu, ' ').trimEnd()}\n`)
    .join('');
