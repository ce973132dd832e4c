import { accessSync, constants, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Agent } from './agents.ts';
import { C_DAEMON, EXAMPLE_IMAGES } from './agents.ts';
import type { Testbed } from './testbed.ts';

/** Something that the machine must have is missing: exit code 69. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}

export function testbedFolder(repository: string): string {
  const shared = resolve(repository, process.env.BUNDLET_SHARED ?? '../shared');
  const folder = `${shared}/testbed`;
  try {
    accessSync(`${folder}/testbed`, constants.X_OK);
  } catch (error) {
    throw new MissingError(
      `There is no test bed at ${folder}; set BUNDLET_SHARED to the folder that holds testbed/`,
      {
        cause: error,
      },
    );
  }
  return folder;
}

/** Before anything is started: what the test bed itself would name only later, or badly. */
export function checkPrerequisites(agents: readonly Agent[], repository: string): void {
  const names = agents.map((agent) => agent.name);
  need(process.getuid?.() === 0, 'The test bed needs root');
  need(existsSync('/sys/fs/cgroup/memory'), 'The test bed needs cgroup v1, mounted at /sys/fs/cgroup');
  if (names.includes('reference')) {
    need(
      existsSync(C_DAEMON),
      `The C daemon is not at ${C_DAEMON}; the README of the test bed says how it comes there`,
    );
  }
  if (names.includes('bundlet')) {
    const tarball = tarballOf(repository);
    need(existsSync(tarball), `There is no ${tarball}; run npm run dist first`);
    need(
      existsSync(`${repository}/build/pacemaker-remoted`),
      'There is no build/pacemaker-remoted; run npm run build first',
    );
    need(existsSync('/usr/bin/nfs-cp'), "There is no /usr/bin/nfs-cp; install Debian's libnfs-utils");
  }
}

export const tarballOf = (repository: string): string =>
  `${repository}/dist/bundlet-linux-${process.arch}.tar.gz`;

/**
 * Builds the images; whatever is there already costs a second. Bundlet comes on top of what changes less often, so a new
 * build of it installs no package again.
 */
export async function prepareImages(
  testbed: Testbed,
  agents: readonly Agent[],
  repository: string,
): Promise<void> {
  await testbed.command('image-reference');
  const here = `${repository}/test/cluster`;
  const build = (tag: string, folder: string, file: string, base: string): Promise<string> => {
    const args = ['--build-arg', `ARCH=${process.arch}`, '--build-arg', `BASE=localhost/testbed/${base}`];
    return testbed.command('image-build', tag, folder, '-f', `${here}/${file}`, ...args);
  };
  await build('reference-tools', `${here}/images`, 'images/tools.Containerfile', 'reference');
  if (agents.some((agent) => agent.name === 'bundlet')) {
    await build('app-tools', `${here}/images`, 'images/tools.Containerfile', 'app');
    await build('bundlet', repository, 'Containerfile', 'app');
    await build('bundlet-tools', repository, 'Containerfile', 'app-tools');
    await build('bundlet-small', here, 'images/small.Containerfile', 'bundlet');
    for (const example of Object.keys(EXAMPLE_IMAGES)) {
      await build(`example-${example}`, repository, `../../examples/${example}/Containerfile`, 'base');
    }
  }
}

function need(holds: boolean, message: string): void {
  if (!holds) {
    throw new MissingError(message);
  }
}
