import { Command } from 'commander';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { type AskFlags, answerIn, withDaemon, withTarget } from './target.ts';

const STATUS_EXAMPLES = `
Examples:
  bundlet status
  bundlet status --output json | jq .resources
  bundlet status --host web-1:3121 --authkey ./authkey`;

/** `bundlet status`. */
export function statusCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('status').description('Show the daemon, who is connected to it, and its resources.'),
  )
    .addHelpText('after', STATUS_EXAMPLES)
    .action(async (flags: AskFlags) => {
      const status = await withDaemon(flags, io, (client) => client.ask('status', {}, answerIn(io)));
      const [{ printDocument }, { statusText }, { painter }] = await Promise.all([
        import('../show/document.ts'),
        import('./show-status.ts'),
        import('../show/colours.ts'),
      ]);
      await printDocument(io, flags.output, 'status', status, () =>
        statusText(status, daemonTime(status), painter(io.out)),
      );
      done(EXIT.ok);
    });
}

const RESOURCES_EXAMPLES = `
Examples:
  bundlet resources
  bundlet resources --output yaml`;

/** `bundlet resources`. */
export function resourcesCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('resources').description('Show the resources: their agents, states and last failures.'),
  )
    .addHelpText('after', RESOURCES_EXAMPLES)
    .action(async (flags: AskFlags) => {
      const status = await withDaemon(flags, io, (client) => client.ask('status', {}, answerIn(io)));
      const [{ printDocument }, { resourcesText }, { painter }] = await Promise.all([
        import('../show/document.ts'),
        import('./show-status.ts'),
        import('../show/colours.ts'),
      ]);
      const { resources } = status;
      const human = (): string => resourcesText(resources, daemonTime(status), painter(io.out));
      await printDocument(io, flags.output, 'resources', { resources }, human);
      done(EXIT.ok);
    });
}

/** By the daemon's clock, which all its times are of. */
export const daemonTime = ({
  daemon,
}: {
  readonly daemon: { readonly startedAtMs: number; readonly uptimeMs: number };
}): number => daemon.startedAtMs + daemon.uptimeMs;
