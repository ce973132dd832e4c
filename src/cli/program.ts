import { Command, CommanderError } from 'commander';
import { VERSION } from '../config/version.ts';
import { agentsCommand } from './agents.ts';
import { connectCommand } from './ask/connect.ts';
import { doctorCommand } from './ask/doctor.ts';
import { logsCommand, watchCommand } from './ask/events.ts';
import { execCommand } from './ask/exec.ts';
import { explainCommand, historyCommand } from './ask/history.ts';
import { probeCommands } from './ask/probes.ts';
import { reportCommand } from './ask/report.ts';
import { logLevelCommand, metricsCommand } from './ask/settings.ts';
import { resourcesCommand, statusCommand } from './ask/status.ts';
import { waitCommand } from './ask/wait.ts';
import { completionCommand } from './completion.ts';
import { configCommand } from './config-check.ts';
import { conformanceCommand } from './conformance.ts';
import { type Done, describeError, EXIT, type ExitStatus } from './exit-status.ts';
import type { Io } from './io.ts';
import { soloCommand } from './solo.ts';

const EXAMPLES = `
Examples:
  bundlet conformance ocf:heartbeat:apache -o configfile=/etc/apache2/apache2.conf
  bundlet status
  bundlet explain web
  bundlet doctor --host web-1 --authkey /etc/pacemaker/authkey
  bundlet solo bundle.xml

bundlet COMMAND --help tells of the options of a command.
Exit status: 0 all is well, 1 something is not, 2 wrong usage, 3 it could not be found out, 130 interrupted.`;

/** The program with all its commands; one file here is one command. */
export function makeProgram(io: Io, done: Done): Command {
  const program = new Command('bundlet')
    .description('Tools around Bundlet, the in-container agent for Pacemaker bundles')
    .version(`Bundlet ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .addHelpText('after', EXAMPLES);
  program.enablePositionalOptions();
  const again = async (args: readonly string[]): Promise<void> => done(await runProgram(args, io));
  const groups: Readonly<Record<string, readonly Command[]>> = {
    'Look at a daemon:': [
      statusCommand(io, done),
      resourcesCommand(io, done),
      historyCommand(io, done),
      explainCommand(io, done),
      watchCommand(io, done),
      logsCommand(io, done),
      connectCommand(again),
    ],
    'Act on it:': [execCommand(io, done), waitCommand(io, done), logLevelCommand(io, done)],
    'Probes and figures:': [...probeCommands(io, done), metricsCommand(io, done)],
    'Find out what is wrong:': [doctorCommand(io, done), reportCommand(io, done), configCommand(io, done)],
    'Agents:': [agentsCommand(io, done), conformanceCommand(io, done)],
    'Without a cluster:': [soloCommand(io)],
    'Shells:': [completionCommand(io, done, () => program)],
  };
  for (const [heading, commands] of Object.entries(groups)) {
    for (const command of commands) {
      program.addCommand(command.helpGroup(heading));
    }
  }
  for (const command of allCommands(program)) {
    // It throws in place of ending the process, and errors are told by us.
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => io.out.columns?.() ?? 100,
    });
  }
  return program;
}

/** A command and all below it. */
const allCommands = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(allCommands),
];

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
      return ofCommander(error, args, io, (name) => program.commands.some((one) => one.name() === name));
    }
    const { text, status: why } = describeError(error);
    io.err.write(`bundlet: ${text}\n`);
    return why;
  }
}

/** Help and version come as errors, too. */
function ofCommander(
  { code, exitCode, message }: CommanderError,
  args: readonly string[],
  io: Io,
  isCommand: (name: string) => boolean,
): ExitStatus {
  if (exitCode === 0) {
    return EXIT.ok;
  }
  if (code === 'commander.help') {
    io.err.write(
      `bundlet: Expected a command behind ${args.join(' ')}; see bundlet ${args.join(' ')} --help\n`,
    );
    return EXIT.usage;
  }
  const text = message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const [first = ''] = args;
  const command = isCommand(first) ? `bundlet ${first}` : 'bundlet';
  io.err.write(`bundlet: ${text.charAt(0).toUpperCase()}${text.slice(1)}; see ${command} --help\n`);
  return EXIT.usage;
}
