const PLAIN = /^[\w@%+=:,./-]+$/;

/** One word of a shell's command line [POSIX 2.2.2]. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command line of such words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
