import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Subject } from '../../subject.ts';

/** Files that parameters of the first instance name, by value or by default, and that are there. */
export interface NamedFiles {
  /** Regular files that are none to run: configurations and data. */
  readonly plain: readonly string[];
  readonly executable: readonly string[];
}

/** Asked while the resource is stopped, it gives only what the agent did not make itself. */
export async function namedFiles({ cases, metadata }: Subject): Promise<NamedFiles> {
  const given = cases.instances[0]?.parameters ?? {};
  const defaults = (metadata?.parameters ?? [])
    .filter(({ name }) => given[name] === undefined)
    .map(({ defaultValue = '' }) => defaultValue);
  const plain: string[] = [];
  const executable: string[] = [];
  for (const path of new Set([...Object.values(given), ...defaults])) {
    if (path.startsWith('/') && (await isFile(path))) {
      ((await canRun(path)) ? executable : plain).push(path);
    }
  }
  return { plain, executable };
}

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not a path at all.
    return false;
  }
}

export async function canRun(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
