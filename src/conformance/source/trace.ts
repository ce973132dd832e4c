import { shellWord } from '../shell-words.ts';

/** What one command of a script was, before anything in it was expanded, and the file that it stands in. */
export interface TracedCommand {
  readonly file: string;
  readonly command: string;
}

/** Between commands, and between a file and its command: texts of scripts have neither. */
const SEPARATORS = { command: '\u001e', file: '\u001f' };
const VARIABLE = /\$\{?OCF_RESKEY_([A-Za-z]\w*)/g;
/** Gives defaults and reads nothing. */
const DEFAULT = /^: "?\$\{OCF_RESKEY_/;

/**
 * What bash reads first (`BASH_ENV`) so that it writes every command down. Names that come by `eval` are in the commands that `eval` runs; for
 * those that come by `${!name}` the name is written behind the command. Programs that the agent calls are not traced.
 */
export function tracingScript(traceFile: string): string {
  return `unset BASH_ENV
__traces=${shellWord(traceFile)}
set -o functrace
trap '
printf "\\036%s\\037%s" "\${BASH_SOURCE[0]}" "$BASH_COMMAND" >>"$__traces"
case $BASH_COMMAND in
*"\\\${!"*)
	__traced=\${BASH_COMMAND#*"\\\${!"}
	__traced=\${__traced%%\\}*}
	case $__traced in
	"" | *[!A-Za-z0-9_]*) ;;
	*) printf " $%s " "\${!__traced-}" >>"$__traces" ;;
	esac
	;;
esac' DEBUG
`;
}

/** Commands in their order. */
export function readTrace(text: string): readonly TracedCommand[] {
  return text
    .split(SEPARATORS.command)
    .slice(1)
    .map((record) => {
      const [file = '', command = ''] = record.split(SEPARATORS.file);
      return { file, command };
    });
}

/** Parameters that commands of this file read, by name. */
export function tracedReads(commands: readonly TracedCommand[], file: string): ReadonlySet<string> {
  const names = commands
    .filter((each) => each.file === file && !DEFAULT.test(each.command))
    .flatMap(({ command }) => [...command.matchAll(VARIABLE)].map(([, name = '']) => name));
  return new Set(names);
}
