import type { History } from './history.ts';
import { describe, describeResult, describeRun } from './rule.ts';

/** A history for people to read. */
export function storyOf({ asked, runs, streams }: History): string {
  const told = streams.map((stream) => {
    const lines = stream.told.map((entry, at) =>
      entry.kind === 'result'
        ? `  ${describeResult(stream, { at, result: entry.result })}`
        : `  ${entry.kind} #${entry.callId}`,
    );
    const life = `registered by #${stream.callId}, ${stream.isOpen ? 'there to the end' : 'left'}`;
    return `told to ${stream.controller} (${life})\n${lines.join('\n')}`;
  });
  return [
    `asked\n${asked.map((request) => `  ${describe(request)}`).join('\n')}`,
    `ran\n${runs.map((run) => `  ${describeRun(run)}`).join('\n')}`,
    ...told,
  ].join('\n');
}
