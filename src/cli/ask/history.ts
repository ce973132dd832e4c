import { Command, Option } from 'commander';
import type { ResourceStatus, Run } from '../../control/model.ts';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { wholeNumber } from './numbers.ts';
import { daemonTime } from './status.ts';
import { type AskFlags, answerIn, withDaemon, withTarget } from './target.ts';

interface HistoryFlags extends AskFlags {
  readonly limit?: number;
  readonly failures?: boolean;
}

const HISTORY_EXAMPLES = `
Examples:
  bundlet history
  bundlet history web --limit 5
  bundlet history --failures --output json`;

/** `bundlet history`. */
export function historyCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('history').description('Show what ran, with results and times; the newest is the last line.'),
  )
    .argument('[RESOURCE]', 'of this one alone')
    .addOption(
      new Option(
        '-n, --limit <NUMBER>',
        'the newest so many of each resource (default: all that are kept, 40)',
      ).argParser(wholeNumber('--limit')),
    )
    .option('--failures', 'without those that succeeded')
    .addHelpText('after', HISTORY_EXAMPLES)
    .action(async (resource: string | undefined, flags: HistoryFlags) => {
      const ask = {
        limit: flags.limit ?? 0,
        failuresOnly: flags.failures === true,
        ...(resource === undefined ? {} : { resource }),
      };
      const history = await withDaemon(flags, io, (client) => client.ask('history', ask, answerIn(io)));
      const [{ printDocument }, { runsText }, { painter }] = await Promise.all([
        import('../show/document.ts'),
        import('./show-run.ts'),
        import('../show/colours.ts'),
      ]);
      await printDocument(io, flags.output, 'history', history, () =>
        runsText(history.runs, painter(io.out)),
      );
      done(EXIT.ok);
    });
}

const EXPLAIN_EXAMPLES = `
Examples:
  bundlet explain web
  bundlet explain web --output json | jq -r '.failure.exitReason'

Exit status: 0 nothing of it has failed, or it runs again; 1 it has failed and does not run; others as for all commands.`;

/** `bundlet explain`. */
export function explainCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('explain').description(
      'Tell why a resource failed: reason, output, what ran, and what to do.',
    ),
  )
    .argument('<RESOURCE>', 'its name')
    .addHelpText('after', EXPLAIN_EXAMPLES)
    .action(async (id: string, flags: AskFlags) => {
      const { status, runs } = await withDaemon(flags, io, async (client) => ({
        status: await client.ask('status', {}, answerIn(io)),
        runs: (await client.ask('history', { resource: id, limit: 0, failuresOnly: false }, answerIn(io)))
          .runs,
      }));
      const [{ printDocument }, { explanationText }, { remediesFor }, { painter }] = await Promise.all([
        import('../show/document.ts'),
        import('./show-explanation.ts'),
        import('./remedies.ts'),
        import('../show/colours.ts'),
      ]);
      const resource = status.resources.find((one) => one.id === id) ?? goneResource(id, runs);
      const failure = runs.findLast((run) => run.isFailure) ?? resource.lastFailure;
      const last = runs.at(-1);
      const explanation = {
        resource,
        ...(failure === undefined ? {} : { failure }),
        ...(last === undefined ? {} : { last }),
        remedies: failure === undefined ? [] : remediesFor(failure),
      };
      const human = (): string => explanationText(explanation, daemonTime(status), painter(io.out));
      await printDocument(io, flags.output, 'explanation', explanation, human);
      done(['failed', 'blocked'].includes(resource.state) ? EXIT.failed : EXIT.ok);
    });
}

/** One that was unregistered, of which the runs are still known. */
function goneResource(id: string, runs: readonly Run[]): ResourceStatus {
  const last = runs.at(-1);
  const [standard = '', provider, type] = (last?.agent ?? '').split(':');
  return {
    id,
    class: standard,
    ...(type === undefined || provider === undefined ? {} : { provider }),
    type: type ?? provider ?? '',
    state: 'unknown',
    sinceMs: last === undefined ? 0 : last.startedAtMs + last.execMs,
    recurring: [],
    running: [],
    failures: runs.filter((run) => run.isFailure).length,
    restarts: 0,
    queued: 0,
  };
}
