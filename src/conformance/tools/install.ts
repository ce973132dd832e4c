import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

/** Files beside the programs: what they were asked, what they were told, and what a cluster knows of its resources. */
export const TOOL_FILES = { calls: 'calls', state: 'state', resources: 'resources' } as const;

/**
 * Makes a folder with fakes of Pacemaker's tools: agents find them where it stands first in `PATH` and is their `HA_SBIN_DIR`. Nothing
 * outside the folder is needed or touched by them. Whoever agents run as may use them.
 */
export async function installFakeTools(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o777);
  const source = programsFolder();
  for (const name of await readdir(source)) {
    const target = join(directory, name);
    await copyFile(join(source, name), target);
    // Not as the source has it: a package may have lost it.
    await chmod(target, 0o755);
  }
  for (const name of Object.values(TOOL_FILES)) {
    await writeFile(join(directory, name), '');
    await chmod(join(directory, name), 0o666);
  }
}

/** What the tools in a folder were asked since it was made: one shell command a line. */
export async function fakeToolCalls(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, TOOL_FILES.calls), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

function programsFolder(): string {
  // esbuild drops the second branch with its `import.meta`, which CommonJS does not have.
  return typeof BUNDLET_BUNDLED !== 'undefined' && BUNDLET_BUNDLED
    ? join(dirname(__filename), 'cluster-tools')
    : join(import.meta.dirname, 'programs');
}
