import { Command, type Command as Commands } from 'commander';
import { type Done, EXIT } from './exit-status.ts';
import type { Io } from './io.ts';
import { SHELLS, type Shell } from './show/shells.ts';

const EXAMPLES = `
Examples:
  bundlet completion bash > /etc/bash_completion.d/bundlet
  bundlet completion zsh > /usr/share/zsh/vendor-completions/_bundlet
  bundlet completion fish > /usr/share/fish/vendor_completions.d/bundlet.fish`;

/** `bundlet completion`. `program`: all commands, known only later. */
export function completionCommand(io: Io, done: Done, program: () => Commands): Command {
  return new Command('completion')
    .description('Print a script that lets a shell complete commands and options.')
    .argument('<SHELL>', SHELLS.join(', '))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: string) => {
      const [{ completionScript }, { usageError }] = await Promise.all([
        import('./completion-scripts.ts'),
        import('./exit-status.ts'),
      ]);
      const found: Shell | undefined = SHELLS.find((one) => one === shell);
      if (found === undefined) {
        throw usageError(`Expected one of ${SHELLS.join(', ')}, got "${shell}"`);
      }
      io.out.write(completionScript(found, program()));
      done(EXIT.ok);
    });
}
