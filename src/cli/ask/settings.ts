import { Command } from 'commander';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { type AskFlags, answerIn, withDaemon, withTarget } from './target.ts';

/** `bundlet log-level`. */
export function logLevelCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('log-level').description('Show or set how detailed the log is, until the daemon ends.'),
  )
    .argument('[LEVEL]', 'error, warning, notice, info or debug; default: only show it')
    .addHelpText('after', '\nExamples:\n  bundlet log-level\n  bundlet log-level debug')
    .action(async (level: string | undefined, flags: AskFlags) => {
      const body = level === undefined ? {} : { level };
      const answer = await withDaemon(flags, io, (client) => client.ask('logLevel', body, answerIn(io)));
      const { printDocument } = await import('../show/document.ts');
      await printDocument(io, flags.output, 'log-level', answer, () => `${answer.level}\n`);
      done(EXIT.ok);
    });
}

/** `bundlet metrics`. */
export function metricsCommand(io: Io, done: Done): Command {
  return withTarget(new Command('metrics').description('Print the metrics of the daemon as OpenMetrics.'))
    .addHelpText(
      'after',
      '\nExamples:\n  bundlet metrics\n  bundlet metrics > /var/lib/node_exporter/bundlet.prom',
    )
    .action(async (flags: AskFlags) => {
      const { text } = await withDaemon(flags, io, (client) => client.ask('metrics', {}, answerIn(io)));
      io.out.write(text);
      done(EXIT.ok);
    });
}
