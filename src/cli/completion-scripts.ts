import type { Command } from 'commander';
import type { Shell } from './show/shells.ts';

/** What can follow a command: commands below it, options, words that an option or argument takes. */
interface Node {
  readonly path: string;
  readonly description: string;
  readonly words: readonly { readonly word: string; readonly description: string }[];
  /** By option: the words that it takes; empty for anything. */
  readonly values: readonly { readonly flags: readonly string[]; readonly choices: readonly string[] }[];
  readonly takesResource: boolean;
}

/** The script for a shell; names of resources are asked of the daemon. */
export function completionScript(shell: Shell, program: Command): string {
  const nodes = nodesOf(program, '');
  switch (shell) {
    case 'bash':
      return bash(nodes);
    case 'zsh':
      return `#compdef bundlet\nautoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
    case 'fish':
      return fish(nodes);
  }
}

function nodesOf(command: Command, path: string): readonly Node[] {
  const options = [...command.options].filter(({ hidden }) => !hidden);
  const flagsOf = ({ short, long }: (typeof options)[number]): string[] =>
    [short, long].flatMap((flag) => (flag === undefined ? [] : [flag]));
  const own: Node = {
    path,
    description: command.description(),
    words: [
      ...command.commands.map((one) => ({ word: one.name(), description: one.description() })),
      ...options.flatMap((option) =>
        flagsOf(option).map((word) => ({ word, description: option.description })),
      ),
      { word: '--help', description: 'print this text' },
    ],
    values: options
      .filter((option) => option.required || option.optional)
      .map((option) => ({ flags: flagsOf(option), choices: option.argChoices ?? [] })),
    takesResource: command.registeredArguments.some((argument) => argument.name() === 'RESOURCE'),
  };
  return [own, ...command.commands.flatMap((one) => nodesOf(one, `${path} ${one.name()}`.trim()))];
}

/** Prints the names of resources, quickly or not at all. */
const RESOURCES = 'bundlet resources 2>/dev/null | tail -n +2 | cut -d" " -f1';

function bash(nodes: readonly Node[]): string {
  const words = nodes.map(({ path, words: list, takesResource }) => {
    const names = takesResource ? ` $(${RESOURCES})` : '';
    return `    "${path}") words="${list.map(({ word }) => word).join(' ')}${names}" ;;`;
  });
  const values = nodes.flatMap(({ path, values: list }) =>
    list.map(({ flags, choices }) =>
      flags
        .map(
          (flag) =>
            `    "${path} ${flag}") ${choices.length === 0 ? 'COMPREPLY=($(compgen -f -- "$cur"))' : `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$cur"))`}; return ;;`,
        )
        .join('\n'),
    ),
  );
  const paths = nodes.map(({ path }) => `"${path}"`).filter((path) => path !== '""');
  return `_bundlet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= word words=
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
    ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $prev" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _bundlet bundlet
`;
}

function fish(nodes: readonly Node[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = nodes.flatMap(({ path, words, values, takesResource }) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const line = (rest: string): string => `complete -c bundlet -n ${quoted(condition)} ${rest}`;
    const withValue = new Map(
      values.flatMap(({ flags, choices }) => flags.map((flag) => [flag, choices] as const)),
    );
    return [
      ...words.map(({ word, description }) => {
        const choices = withValue.get(word);
        const value =
          choices === undefined ? '' : choices.length === 0 ? ' -r' : ` -x -a ${quoted(choices.join(' '))}`;
        const name = word.startsWith('--')
          ? `-l ${word.slice(2)}`
          : word.startsWith('-')
            ? `-s ${word.slice(1)}`
            : `-f -a ${word}`;
        return line(`${name}${value} -d ${quoted(description)}`);
      }),
      ...(takesResource ? [line(`-f -a ${quoted(`(${RESOURCES})`)}`)] : []),
    ];
  });
  return `${lines.join('\n')}\n`;
}
