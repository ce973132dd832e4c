import { Command, Option } from 'commander';
import { type Done, EXIT, usageError } from './exit-status.ts';
import type { Io } from './io.ts';
import { DOCUMENT_FORMATS, type DocumentFormat } from './show/document.ts';

interface AgentsFlags {
  readonly output: DocumentFormat;
}

const EXAMPLES = `
Examples:
  bundlet agents list
  bundlet agents list ocf:bundlet
  bundlet agents list systemd
  bundlet agents show ocf:bundlet:apache`;

/** `bundlet agents`. */
export function agentsCommand(io: Io, done: Done): Command {
  const command = new Command('agents')
    .description('Show the resource agents of this machine or image.')
    .addHelpText('after', EXAMPLES);
  const output = (): Option =>
    new Option('-o, --output <FORMAT>', 'how it is shown').choices(DOCUMENT_FORMATS).default('human');
  command
    .command('list')
    .description('List agents by their full names.')
    .argument('[CLASS[:PROVIDER]]', 'such as ocf, ocf:heartbeat, systemd; default: class ocf')
    .addOption(output())
    .action(async (which: string | undefined, flags: AgentsFlags) => {
      const [standard = '', provider] = (which ?? 'ocf').split(':');
      const { listAgents } = await import('./agents-list.ts');
      await listAgents(io, flags.output, standard, provider);
      done(EXIT.ok);
    });
  command
    .command('show')
    .description('Show what an agent says of itself: parameters, actions, timeouts.')
    .argument('<AGENT>', 'such as ocf:heartbeat:apache or systemd:httpd')
    .addOption(output())
    .action(async (name: string, flags: AgentsFlags) => {
      const [standard = '', second, third] = name.split(':');
      const type = third ?? second;
      if (type === undefined || type === '' || (standard === 'ocf' && third === undefined)) {
        throw usageError(`Expected ocf:PROVIDER:TYPE or CLASS:TYPE, got "${name}"`);
      }
      const { showAgent } = await import('./agents-list.ts');
      await showAgent(io, flags.output, {
        class: standard,
        type,
        ...(third === undefined ? {} : { provider: second as string }),
      });
      done(EXIT.ok);
    });
  return command;
}
