const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'on', 'yes', 'y', '1']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['false', 'off', 'no', 'n', '0']);

/** Pacemaker's booleans: `true`, `on`, `yes`, `y`, `1` in any case; everything else is false. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && TRUE_WORDS.has(text.toLowerCase());
}

/** Whether it is one of Pacemaker's words for true or false at all. */
export function isBoolean(text: string): boolean {
  return TRUE_WORDS.has(text.toLowerCase()) || FALSE_WORDS.has(text.toLowerCase());
}
