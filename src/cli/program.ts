import { Command, CommanderError } from 'commander';
import { VERSION } from '../config/version.ts';
import { conformanceCommand } from './conformance.ts';
import { type Done, describeError, EXIT, type ExitStatus } from './exit-status.ts';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  bundlet conformance ocf:heartbeat:apache -o configfile=/etc/apache2/apache2.conf
  bundlet conformance ./my-agent --only ACT,FAIL-01

bundlet COMMAND --help tells of the options of a command.
Exit status: 0 all is well, 1 something is not, 2 wrong usage, 3 it could not be found out, 130 interrupted.`;

/** The program with all its commands; one file here is one command. */
export function makeProgram(io: Io, done: Done): Command {
  const program = new Command('bundlet')
    .description('Tools around the agents of Pacemaker clusters and bundles')
    .version(`Bundlet ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .addHelpText('after', EXAMPLES);
  program.addCommand(conformanceCommand(io, done));
  for (const command of [program, ...program.commands]) {
    // It throws in place of ending the process, and errors are told by us.
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => io.out.columns?.() ?? 100,
    });
  }
  return program;
}

/** Runs what the arguments say. Never rejects: everything that goes wrong is one line on standard error, and a status. */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.ok;
  const program = makeProgram(io, (said) => {
    status = said;
  });
  if (args.length === 0) {
    io.err.write(`${program.helpInformation()}${EXAMPLES}\n`);
    return EXIT.usage;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      return ofCommander(error, args, io);
    }
    const { text, status: why } = describeError(error);
    io.err.write(`bundlet: ${text}\n`);
    return why;
  }
}

/** Help and version come as errors, too. */
function ofCommander({ exitCode, message }: CommanderError, args: readonly string[], io: Io): ExitStatus {
  if (exitCode === 0) {
    return EXIT.ok;
  }
  const text = message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const command = args[0] === 'conformance' ? 'bundlet conformance' : 'bundlet';
  io.err.write(`bundlet: ${text.charAt(0).toUpperCase()}${text.slice(1)}; see ${command} --help\n`);
  return EXIT.usage;
}
