import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** Where programs of administrators are, as the shell library adds it to every PATH. */
const USUAL_PLACES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The absolute path of a program that this process may run: by its name in `PATH`, then in the usual places, or a path as
 * it stands.
 * @returns undefined if there is none: the software is not installed
 */
export async function findProgram(
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const places = [...(env['PATH'] ?? '').split(':'), ...USUAL_PLACES];
  const paths = name.includes('/') ? [name] : places.map((place) => join(place, name));
  for (const path of paths.filter((each) => isAbsolute(each))) {
    if (await isProgram(path)) {
      return path;
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // nothing there that could be run
  }
}
