// What docs/commands.md and the man pages are made of: the help of every command.
import type { Command } from 'commander';
import { makeProgram } from '../src/cli/program.ts';
import { systemClock } from '../src/observe/clock.ts';

/** Help as it is for a width of 100. */
const QUIET = { write: () => undefined, hasColours: false };

function program(): Command {
  const io = {
    env: {},
    cwd: '/',
    out: QUIET,
    err: QUIET,
    clock: systemClock,
    signal: new AbortController().signal,
  };
  return makeProgram(io, () => undefined);
}

interface Page {
  /** Such as `bundlet agents list`. */
  readonly name: string;
  readonly help: string;
  readonly description: string;
}

/** The help of a command and of all below it. */
function pages(command: Command, above: string): readonly Page[] {
  const name = `${above} ${command.name()}`.trim();
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 100,
  });
  command.outputHelp();
  const own = { name, help: help.trimEnd(), description: command.description() };
  return [own, ...command.commands.flatMap((one) => pages(one, name))];
}

/** All of it as Markdown. */
export function commandsReference(): string {
  return pages(program(), '')
    .map(({ name, help }) => `## ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`)
    .join('\n');
}

/** Man pages of section 1 by their file names: `bundlet.1`, `bundlet-status.1`, … */
export function manPages(version: string): Readonly<Record<string, string>> {
  const all = pages(program(), '');
  return Object.fromEntries(
    all.map(({ name, help, description }) => {
      const file = name.replaceAll(' ', '-');
      const others = all
        .map((page) => page.name)
        .filter((other) => other !== name && other.startsWith(`${name} `));
      const seeAlso = name === 'bundlet' ? others : ['bundlet', ...others];
      return [`${file}.1`, manPage({ file, version, description, help, seeAlso })];
    }),
  );
}

interface ManPage {
  readonly file: string;
  readonly version: string;
  readonly description: string;
  readonly help: string;
  readonly seeAlso: readonly string[];
}

function manPage({ file, version, description, help, seeAlso }: ManPage): string {
  const [usage = '', ...rest] = help.split('\n');
  const references = seeAlso.map((name) => `.BR ${name.replaceAll(' ', '-')} (1)`).join(',\n');
  return [
    `.TH ${file.toUpperCase()} 1 "" "Bundlet ${version}" "Bundlet"`,
    '.SH NAME',
    `${roff(file)} \\- ${roff(description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `.B ${roff(usage.replace(/^Usage: /, ''))}`,
    '.SH DESCRIPTION',
    '.nf',
    // Without the description, which is above.
    roff(rest.slice(rest.findIndex((line) => line !== '' && line !== description)).join('\n')),
    '.fi',
    '.SH SEE ALSO',
    references,
    '',
  ].join('\n');
}

/** What roff would read as a command of its own. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
