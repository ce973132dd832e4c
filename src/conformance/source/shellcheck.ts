/** Something that shellcheck says of a script. */
export interface Pitfall {
  readonly code: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * What hurts agents, of the hundreds that shellcheck knows: it gives another result than the author believes, or ends the script in another shell.
 * What is only a matter of style, and what other checks see at work, is left out.
 */
const CODES: readonly number[] = [
  // Tests that are always true, or compare something else.
  ...[2050, 2057, 2070, 2071, 2077, 2078, 2157, 2158, 2159, 2170, 2193, 2195],
  // $? of something else, codes that there are not, changes that are lost in a subshell, a case that is never reached.
  ...[2319, 2320, 2151, 2152, 2241, 2242, 2031, 2221, 2222],
  // rm of what an empty variable leaves, cd that fails, reading what is just being written, outputs in the wrong order.
  ...[2114, 2115, 2164, 2094, 2069],
  // Quotes and tildes that stay letters, break and local where there is nothing to break or no function.
  ...[2088, 2089, 2090, 2104, 2105, 2168],
  // What bash has and dash, the sh of Debian, has not.
  ...[3001, 3010, 3011, 3014, 3018, 3020, 3024, 3028, 3030, 3040, 3044, 3045, 3046, 3053, 3054, 3055, 3057],
  ...[3059, 3060],
];
/** What POSIX does not have, and dash all the same. */
const IN_DASH = /\bulimit\b|\bread -p\b/;
/** Values in two words; only of parameters is it told, where people choose them. */
const UNQUOTED = 2086;
const PARAMETER = /^\$\{?OCF_RESKEY_(?!CRM_meta_)/;

/** The command that asks about a script. */
export const shellcheckWords = (path: string): readonly string[] => [
  'shellcheck',
  '--format=json1',
  `--include=${[...CODES, UNQUOTED].map((code) => `SC${code}`).join(',')}`,
  '--',
  path,
];

/**
 * What it says of that text, in the order of the lines.
 * @throws SyntaxError if it is no answer of shellcheck
 */
export function readPitfalls(output: string, text: string): readonly Pitfall[] {
  const { comments } = JSON.parse(output) as { readonly comments: readonly Pitfall[] };
  const lines = text.split('\n');
  return comments
    .filter(
      ({ code, line, column, message }) =>
        !IN_DASH.test(message) &&
        (code !== UNQUOTED || PARAMETER.test((lines[line - 1] ?? '').slice(column - 1))),
    )
    .map(({ code, line, column, message }) => ({ code, line, column, message }))
    .toSorted((one, other) => one.line - other.line || one.column - other.column);
}
