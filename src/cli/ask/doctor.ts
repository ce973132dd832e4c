import { Command } from 'commander';
import type { Check } from '../../control/model.ts';
import { AgentError } from '../../errors/agent-error.ts';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { type AskFlags, targetOf, withTarget } from './target.ts';

const EXAMPLES = `
Examples:
  bundlet doctor
  bundlet doctor --host web-1 --authkey /etc/pacemaker/authkey
  bundlet doctor --host 10.0.0.7:3121 --output json

In the container it asks the daemon about itself; with --host it goes the way of a cluster: name, TCP, TLS and key, protocol, controller,
clocks, and then what the daemon says of itself. Keys are named by their fingerprints, never shown.

Exit status: 0 nothing failed, 1 something did; others as for all commands.`;

/** `bundlet doctor`. */
export function doctorCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('doctor').description(
      'Find out what is wrong with a daemon or the way to it, and what to do.',
    ),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: AskFlags) => {
      const target = await targetOf(flags, io);
      const [{ printDocument }, { checksText }] = await Promise.all([
        import('../show/document.ts'),
        import('./show-checks.ts'),
      ]);
      const looks =
        target.kind === 'local'
          ? (await import('../../doctor/local.ts')).examineLocally(target, io.signal)
          : (await import('../../doctor/remote.ts')).examineRemotely(target, io.signal);
      const checks: Check[] = [];
      for await (const check of looks) {
        checks.push(check);
        if (flags.output === 'human') {
          // At once: a step may take a while.
          io.out.write(checksText([check], io.out, true));
        }
        if (io.signal.aborted) {
          throw new AgentError('ABORTED', 'Interrupted');
        }
      }
      const failed = checks.filter(({ result }) => result === 'failed').length;
      const warnings = checks.filter(({ result }) => result === 'warning').length;
      await printDocument(
        io,
        flags.output,
        'checks',
        { checks },
        () => `\n${checks.length} checks, ${failed} failed, ${warnings} to look at\n`,
      );
      done(failed === 0 ? EXIT.ok : EXIT.failed);
    });
}
