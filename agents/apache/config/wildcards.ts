import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Looks at a directory or file; is told of each path that it depends on. */
export type Watch = (path: string) => Promise<void>;

/** Directories in each other, below one that is included. */
const MAX_DEPTH = 20;

/** Whether a path of an Include has wildcards. */
export const hasWildcards = (path: string): boolean => /[*?[]/.test(path);

/**
 * The paths that fit a pattern, in order; wildcards may stand in every part [httpd server/config.c:
 * ap_process_fnmatch_configs]. What can't be read has nothing in it.
 */
export async function findPaths(pattern: string, watch: Watch): Promise<string[]> {
  const parts = pattern.split('/').filter((part) => part !== '');
  let found = ['/'];
  for (const part of parts) {
    const next: string[] = [];
    for (const folder of found) {
      if (!hasWildcards(part)) {
        next.push(join(folder, part));
        continue;
      }
      await watch(folder);
      const names = await readdir(folder).catch(() => []);
      next.push(
        ...names
          .filter((name) => matches(part, name))
          .sort()
          .map((name) => join(folder, name)),
      );
    }
    found = next;
  }
  const isThere = await Promise.all(
    found.map((path) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.filter((_, index) => isThere[index]);
}

/** The files below a directory, in order, directories in their place; of a file itself. */
export async function* filesOf(path: string, watch: Watch, depth = 0): AsyncGenerator<string> {
  const names = depth > MAX_DEPTH ? [] : await readdir(path).catch(() => undefined);
  if (names === undefined) {
    yield path;
    return;
  }
  await watch(path);
  for (const name of names.sort()) {
    yield* filesOf(join(path, name), watch, depth + 1);
  }
}

/** `*`, `?` and `[…]`; a leading dot is matched by a dot alone [apr_fnmatch with APR_FNM_PERIOD]. */
export function matches(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) {
    return false;
  }
  let at = 0;
  let inName = 0;
  // Where to go on if what follows the last * does not fit: with one character more for it.
  let retry: { at: number; inName: number } | undefined;
  while (inName < name.length || at < pattern.length) {
    if (pattern[at] === '*') {
      retry = { at, inName: inName + 1 };
      at += 1;
      continue;
    }
    const end = inName < name.length ? fits(pattern, at, name[inName] ?? '') : undefined;
    if (end !== undefined) {
      at = end;
      inName += 1;
    } else if (retry !== undefined && retry.inName <= name.length) {
      at = retry.at + 1;
      inName = retry.inName;
      retry = { at: retry.at, inName: retry.inName + 1 };
    } else {
      return false;
    }
  }
  return true;
}

/** Where the pattern goes on after one character that fits. */
function fits(pattern: string, at: number, character: string): number | undefined {
  const start = pattern[at];
  if (start === '?') {
    return at + 1;
  }
  const bracket = start === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
  if (bracket !== null) {
    const [whole, not, members = ''] = bracket;
    const isIn = [...members.matchAll(/(.)-(.)|(.)/gs)].some(([, from, to, one]) =>
      one === undefined ? (from ?? '') <= character && character <= (to ?? '') : one === character,
    );
    return isIn === (not === '') ? at + whole.length : undefined;
  }
  const escaped = start === '\\' && at + 1 < pattern.length;
  return pattern[escaped ? at + 1 : at] === character ? at + (escaped ? 2 : 1) : undefined;
}
