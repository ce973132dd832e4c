import { Command, Option } from 'commander';
import type { ControlEvent, WatchRequest } from '../../control/model.ts';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { wholeNumber } from './numbers.ts';
import { type AskFlags, withDaemon, withTarget } from './target.ts';

const LEVELS = ['error', 'warning', 'notice', 'info', 'debug'] as const;

interface LogsFlags extends AskFlags {
  readonly follow?: boolean;
  readonly lines: number;
  readonly level: string;
}

const LOGS_EXAMPLES = `
Examples:
  bundlet logs
  bundlet logs web --follow
  bundlet logs --level warning --lines 20
  bundlet logs --follow --output json | jq .event

The daemon keeps 500 lines up to the level info; what is older is in the log of the container.`;

/** `bundlet logs`. */
export function logsCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('logs').description('Show the newest events of the daemon, or of one resource.'),
  )
    .argument('[RESOURCE]', 'of this one alone')
    .option('-f, --follow', 'go on with new ones until Ctrl-C')
    .addOption(
      new Option('-n, --lines <NUMBER>', 'so many of before').argParser(wholeNumber('--lines')).default(100),
    )
    .addOption(new Option('--level <LEVEL>', 'the most detailed level').choices(LEVELS).default('info'))
    .addHelpText('after', LOGS_EXAMPLES)
    .action(async (resource: string | undefined, flags: LogsFlags) => {
      const { follow = false, lines, level } = flags;
      await show(
        flags,
        io,
        { backlog: lines, level, follow, ...(resource === undefined ? {} : { resource }) },
        () => true,
      );
      done(EXIT.ok);
    });
}

/** What `watch` leaves out: what only the log is for. */
const isOfResources = ({ name }: ControlEvent): boolean =>
  /^(rsc|op|solo|session|shutdown)\./.test(name) && name !== 'op.output';

const WATCH_EXAMPLES = `
Examples:
  bundlet watch
  bundlet watch web
  bundlet watch --output json | while read -r event; do …; done`;

/** `bundlet watch`. */
export function watchCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('watch').description('Show what happens to the resources, as it happens, until Ctrl-C.'),
  )
    .argument('[RESOURCE]', 'of this one alone')
    .addOption(new Option('--level <LEVEL>', 'the most detailed level').choices(LEVELS).default('info'))
    .addHelpText('after', WATCH_EXAMPLES)
    .action(async (resource: string | undefined, flags: LogsFlags) => {
      const request = {
        backlog: 0,
        level: flags.level,
        follow: true,
        ...(resource === undefined ? {} : { resource }),
      };
      await show(flags, io, request, isOfResources);
      done(EXIT.ok);
    });
}

async function show(
  flags: AskFlags,
  io: Io,
  request: WatchRequest,
  isWanted: (event: ControlEvent) => boolean,
): Promise<void> {
  const [{ printEvent }, { eventDocument, eventLine }, { painter }] = await Promise.all([
    import('../show/document.ts'),
    import('./show-events.ts'),
    import('../show/colours.ts'),
  ]);
  const paint = painter(io.out);
  await withDaemon(flags, io, async (client) => {
    for await (const event of client.watch(request, io.signal)) {
      if (isWanted(event)) {
        await printEvent(io, flags.output, 'event', eventDocument(event), () => eventLine(event, paint));
      }
    }
  });
}
