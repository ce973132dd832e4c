const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'on', 'yes', 'y', '1']);

/** Pacemaker's booleans: `true`, `on`, `yes`, `y`, `1` in any case; everything else is false. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && TRUE_WORDS.has(text.toLowerCase());
}
