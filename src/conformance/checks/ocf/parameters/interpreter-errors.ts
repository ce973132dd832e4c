/**
 * What an interpreter says of its own when a value has broken the program in its hands. Strict: services complain of syntax errors, too, but
 * not with the name and line of a script.
 */
const ERRORS: readonly RegExp[] = [
  /^\S[^\n]*: (?:line )?\d+: [^\n]*(?:[Uu]nexpected operator|(?:unary|binary) operator expected|too many arguments|[Ss]yntax error|[Uu]nterminated quoted string|unexpected EOF|Bad substitution|bad substitution|ambiguous redirect|Illegal number|integer expression expected|conditional binary operator)[^\n]*/m,
  /^Traceback \(most recent call last\):[^\n]*/m,
  /^(?:Type|Reference|Syntax|Range)Error: [^\n]*/m,
];
/** Both shells: what was looked for as a program, which is part of the value if the value was split. */
const NOT_FOUND = /^\S[^\n]*: (?:line )?\d+: (\S+): (?:command )?not found$/m;

/** The line in which an interpreter complains; of a program that was not found only if its name is in the value. */
export function interpreterError(stderr: string, value: string): string | undefined {
  for (const pattern of ERRORS) {
    const [line] = pattern.exec(stderr) ?? [];
    if (line !== undefined) {
      return line;
    }
  }
  const [line, program = ''] = NOT_FOUND.exec(stderr) ?? [];
  return program !== '' && value.includes(program) ? line : undefined;
}
