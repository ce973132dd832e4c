import type { ExecResult } from '../../control/model.ts';
import { facts, oneLine } from '../show/table.ts';
import { span } from '../show/time.ts';
import { resultText } from './show-run.ts';

/** What `bundlet exec` shows people. */
export function execText({ run, trace }: ExecResult, wasTraced: boolean): string {
  const lines: (readonly [string, string])[] = [
    ['result', resultText(run)],
    ['took', span(run.execMs)],
  ];
  if (run.exitReason !== undefined) {
    lines.push(['reason', oneLine(run.exitReason)]);
  }
  if (run.cpuMs !== undefined) {
    lines.push([
      'used',
      `${span(run.cpuMs)} of processor time, ${Math.round((run.maxRssKb ?? 0) / 1000)} MB`,
    ]);
  }
  const output = run.output === undefined ? '' : `\n${run.output}\n`;
  const steps =
    trace ??
    (wasTraced ? 'None: only shell agents that use the functions of the resource-agents can be traced.' : '');
  return `${facts(lines)}${output}${steps === '' ? '' : `\nTrace:\n${steps.trimEnd()}\n`}`;
}
