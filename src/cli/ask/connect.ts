import { Command } from 'commander';
import { usageError } from '../exit-status.ts';

const EXAMPLES = `
Examples:
  bundlet connect web-1 status
  bundlet connect web-1:3121 --authkey ./authkey explain web
  bundlet connect web-1 logs --follow

The same as the command itself with --host. It does not count as a controller: nothing at the daemon changes by it.`;

/** `bundlet connect`: another command, asked of a daemon elsewhere. `run` runs one by its arguments. */
export function connectCommand(run: (args: readonly string[]) => Promise<void>): Command {
  return new Command('connect')
    .description('Ask a daemon elsewhere, by TCP port 3121.')
    .argument('<HOST[:PORT]>', 'where it is')
    .argument('[COMMAND...]', 'one of the commands that ask a daemon, with its options')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption('-h, --help', 'print this text')
    .addHelpText('after', EXAMPLES)
    .action(async (host: string, words: readonly string[]) => {
      const command = words.findIndex(
        (word, index) => !word.startsWith('-') && !takesValue(words[index - 1]),
      );
      if (command === -1) {
        throw usageError(`Expected a command behind ${host}, such as bundlet connect ${host} status`);
      }
      // Options of the connection may stand in front of the command; the command itself knows them all.
      const before = words.slice(0, command);
      await run([words[command] as string, '--host', host, ...before, ...words.slice(command + 1)]);
    });
}

const VALUED: ReadonlySet<string> = new Set(['--authkey', '--ca', '--cert', '--key', '-o', '--output']);
const takesValue = (word: string | undefined): boolean => word !== undefined && VALUED.has(word);
