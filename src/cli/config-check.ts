import { Command, Option } from 'commander';
import { type Done, EXIT } from './exit-status.ts';
import type { Io } from './io.ts';
import { DOCUMENT_FORMATS, type DocumentFormat, printDocument } from './show/document.ts';

interface ConfigFlags {
  readonly output: DocumentFormat;
  readonly solo?: string;
}

const EXAMPLES = `
Examples:
  bundlet config check
  bundlet config check --solo bundle.xml
  PCMK_remote_port=31x bundlet config check

Looks at the variables of this environment, as a daemon that is started here would. Exit status: 0 nothing is wrong, 1 something is.`;

/** `bundlet config`. */
export function configCommand(io: Io, done: Done): Command {
  const command = new Command('config')
    .description('Look at the settings of a daemon.')
    .addHelpText('after', EXAMPLES);
  command
    .command('check')
    .description('Say what is wrong with the settings, and what they come to.')
    .addOption(new Option('--solo <FILE>', 'also this definition for solo mode (default: BUNDLET_SOLO)'))
    .addOption(
      new Option('-o, --output <FORMAT>', 'how it is shown').choices(DOCUMENT_FORMATS).default('human'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ConfigFlags) => {
      const { checkConfig } = await import('./config-report.ts');
      const { settings, problems } = await checkConfig(io, flags.solo);
      await printDocument(io, flags.output, 'config', { settings, problems }, () => {
        const lines = settings.map(({ name, value }) => `${name}: ${value}\n`).join('');
        const wrong = problems.map(({ setting, problem }) => `  ${setting}: ${problem}\n`).join('');
        return `${lines}\n${problems.length === 0 ? 'Nothing is wrong.\n' : `Problems:\n${wrong}`}`;
      });
      done(problems.length === 0 ? EXIT.ok : EXIT.failed);
    });
  return command;
}
