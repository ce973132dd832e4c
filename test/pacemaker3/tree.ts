import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const CHECKOUT = resolve(import.meta.dirname, '../..');

/** Debian's suites with a Pacemaker 3: the last one with the old header of local messages, and the newest. */
export const SUITES = ['trixie', 'sid'] as const;

export type Suite = (typeof SUITES)[number];

/** The programs of a suite, unpacked. */
export interface Tree {
  readonly suite: Suite;
  readonly root: string;
  /** Of Pacemaker, such as `3.0.3-2`. */
  readonly version: string;
}

/** What was fetched earlier, or what the mirror has now. */
export async function fetchTree(suite: Suite, options: { readonly isFresh?: boolean } = {}): Promise<Tree> {
  const directory = join(CHECKOUT, 'build/pacemaker3', suite);
  const versionFile = join(directory, 'version');
  if (options.isFresh === true || !existsSync(versionFile)) {
    await promisify(execFile)('sh', [join(import.meta.dirname, 'fetch.sh'), suite, directory]);
  }
  return { suite, root: join(directory, 'root'), version: readFileSync(versionFile, 'utf8').trim() };
}

/** A command of the tree, as it is run inside of a stage that knows the tree. */
export const inTree = ({ root }: Tree, command: readonly string[]): readonly string[] => [
  'chroot',
  root,
  ...command,
];
