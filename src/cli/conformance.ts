import { Command, Option } from 'commander';
import { FORMATS } from '../conformance/output/format-names.ts';
import { type Flags, LEVELS, PROFILES, readRequest } from './conformance-request.ts';
import type { Done } from './exit-status.ts';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  bundlet conformance ocf:heartbeat:apache -o configfile=/etc/apache2/apache2.conf
  bundlet conformance ./my-agent -o "motto=with blanks" --only ACT,FAIL-01
  bundlet conformance lsb:ssh --profile must --output tap
  bundlet conformance systemd:chrony --output human --output junit=report.xml
  bundlet conformance ./my-agent --output json=now.json --baseline before.json
  bundlet conformance --list
  bundlet conformance --explain ACT-03

Exit status: 0 no MUST failed, 1 a MUST failed (with --strict a SHOULD, with --baseline something is worse),
2 wrong usage, 3 it could not be found out, 130 interrupted.`;

const AGENT = 'ocf:PROVIDER:TYPE, lsb:NAME, systemd:NAME, alert:PATH, or the path of an OCF agent';

/** `bundlet conformance`. Everything but its options is loaded when it is carried out. */
export function conformanceCommand(io: Io, done: Done): Command {
  const command = new Command('conformance')
    .description('Find out whether an agent does what a cluster relies on.')
    .argument('[AGENT]', AGENT)
    .addHelpOption(new Option('-h, --help', 'print this text').helpGroup('Output:'))
    .addHelpText('after', EXAMPLES)
    .action(async (agent: string | undefined, flags: Flags) => {
      const request = readRequest(agent, flags);
      if (request.task === 'run') {
        const { runConformance } = await import('./conformance-run.ts');
        done(await runConformance(request, io));
      } else {
        const { showCatalog } = await import('./conformance-catalog.ts');
        done(await showCatalog(request, io));
      }
    });
  for (const [heading, options] of Object.entries(optionGroups())) {
    for (const option of options) {
      command.addOption(option.helpGroup(`${heading}:`));
    }
  }
  return command;
}

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

function optionGroups(): Readonly<Record<string, readonly Option[]>> {
  const list = (flags: string, text: string): Option => new Option(flags, text).argParser(collect);
  return {
    'The agent': [
      list('-o, --option <NAME=VALUE>', 'a parameter of the agent; repeatable'),
      new Option('--cases <FILE>', "what its metadata can't tell; default: cases.yaml beside the agent"),
    ],
    'Which checks': [
      list('--only <ID>', 'these alone: ids, groups (ACT), patterns (FAIL-0*); repeatable, or with commas'),
      list('--skip <ID>', 'all but these'),
      new Option('--level <LEVEL>', 'of one level alone (default: all)').choices(LEVELS),
      new Option('--profile <PROFILE>', 'a level, and what decides (default: all)')
        .choices(Object.keys(PROFILES))
        .conflicts('level'),
      new Option('--list', 'print the checks in place of running them').conflicts('explain'),
      new Option('--explain <ID>', 'print the rule, its source, and what to do about it'),
    ],
    'How they are run': [
      new Option('--strict', 'a SHOULD that fails makes the exit status 1, too'),
      new Option('--seed <NUMBER>', 'for everything that is chosen by chance (default: 1)'),
      new Option('--repeat <TIMES>', 'run every check so often (default: 1)'),
      new Option('--jobs <NUMBER>', 'how many at once (default: what the machine can carry)'),
      new Option('--timeout-factor <FACTOR>', 'times the timeouts that the agent declares (default: 1)'),
    ],
    'Where they are run': [
      new Option('--in-place', 'on this machine as it is, without a sandbox').conflicts('host'),
      new Option('--keep', 'with --in-place: leave what a check has brought about, for a look at it'),
      new Option('--live', "with the machine's own cluster tools in place of ours that pretend").conflicts(
        'host',
      ),
      new Option('--host <HOST>', 'by the Pacemaker Remote daemon there'),
      new Option('--port <PORT>', 'its port (default: 3121)'),
      new Option('--authkey <FILE>', 'the key that it shares (default: /etc/pacemaker/authkey)'),
    ],
    Output: [
      list('--output <FORMAT[=FILE]>', `${FORMATS.join(', ')}; repeatable (default: human)`),
      new Option('--output-file <FILE>', 'where the format without a file of its own goes'),
      new Option('--baseline <FILE>', 'an earlier report (json): only what is worse makes the exit status 1'),
      new Option('-q, --quiet', 'show what is wrong, nothing else').conflicts('verbose'),
      new Option('-v, --verbose', 'show every action'),
      new Option('--no-colour', 'also --no-color, or NO_COLOR in the environment'),
      new Option('--no-color').hideHelp(),
    ],
  };
}
