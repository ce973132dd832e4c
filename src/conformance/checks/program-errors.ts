/** What interpreters print when the program in their hands is wrong, and not what it works on. */
const PROGRAM_ERRORS: readonly RegExp[] = [
  /^\S*: (?:line )?\d+: .*(?:command )?not found$/m,
  /unexpected operator|unary operator expected|binary operator expected|too many arguments$/m,
  /integer (?:expression|expected)|Illegal number|bad number/,
  /unbound variable|parameter not set|bad substitution|[Ss]yntax error/,
  /^Traceback \(most recent call last\):/m,
  /^(?:Type|Reference|Syntax|Range)Error: /m,
  /^(?:Use of uninitialized value|Can't locate \S+ in @INC)/m,
];

/** The first such text in an output, if there is one. */
export function programErrorIn(text: string): RegExpExecArray | undefined {
  return PROGRAM_ERRORS.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? undefined;
}
