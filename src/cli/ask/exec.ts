import { Command, Option } from 'commander';
import { type Done, EXIT, usageError } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { milliseconds } from './numbers.ts';
import { type AskFlags, answerIn, withDaemon, withTarget } from './target.ts';

interface ExecFlags extends AskFlags {
  readonly parameter?: readonly string[];
  readonly timeout: number;
  readonly trace?: boolean;
  readonly force?: boolean;
}

/** An answer may come so much later than the action's own limit: others of the resource have their turn before, in ms. */
const TURN_MS = 120_000;

const EXAMPLES = `
Examples:
  bundlet exec web monitor
  bundlet exec web monitor --trace
  bundlet exec web monitor -p OCF_CHECK_LEVEL=10 --timeout 2min
  bundlet exec web validate-all --output json

It runs in its turn, never beside another action of the resource, with the parameters that the controller used last. Only an action that
looks is allowed while a controller looks after the resource: with --force it may also be stopped and started, and the controller reacts.

Exit status: 0 the action succeeded, 1 it did not, 2 wrong usage, 3 it could not be run.`;

/** `bundlet exec`. */
export function execCommand(io: Io, done: Done): Command {
  return withTarget(new Command('exec').description('Run an action of a resource now, through the daemon.'))
    .argument('<RESOURCE>', 'its name')
    .argument('<ACTION>', 'such as monitor')
    .addOption(
      new Option(
        '-p, --parameter <NAME=VALUE>',
        'beside those of the resource, or in their place; repeatable',
      ).argParser((value: string, all: readonly string[] = []) => [...all, value]),
    )
    .addOption(
      new Option('-t, --timeout <TIME>', 'how long it may take')
        .argParser(milliseconds('--timeout'))
        .default(30_000, '30s'),
    )
    .option('--trace', 'show each step of a shell agent')
    .option('--force', 'also what changes the resource under a controller')
    .addHelpText('after', EXAMPLES)
    .action(async (resource: string, action: string, flags: ExecFlags) => {
      const ask = {
        resource,
        action,
        timeoutMs: flags.timeout,
        parameters: Object.fromEntries((flags.parameter ?? []).map(nameAndValue)),
        trace: flags.trace === true,
        force: flags.force === true,
      };
      const result = await withDaemon(flags, io, (client) =>
        client.ask('exec', ask, answerIn(io, flags.timeout + TURN_MS)),
      );
      const [{ printDocument }, { execText }] = await Promise.all([
        import('../show/document.ts'),
        import('./show-exec.ts'),
      ]);
      await printDocument(io, flags.output, 'exec', result, () => execText(result, ask.trace));
      done(result.run.isFailure ? EXIT.failed : EXIT.ok);
    });
}

function nameAndValue(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw usageError(`Expected --parameter to be NAME=VALUE, got "${text}"`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
