import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

export const ROOT = resolve(import.meta.dirname, '..');
export const BUILD = join(ROOT, 'build', 'bench');

/** Something the bench needs is not there; the message says how to get it. */
export class MissingError extends Error {}

export interface Tools {
  readonly client: string;
  readonly storm: string;
  readonly toolRounds: string;
  readonly agents: string;
}

const PACKAGES = 'gcc libc6-dev pkg-config pacemaker-dev libgnutls28-dev libqb-dev';

const compile = async (
  source: string,
  target: string,
  libraries: readonly string[],
  flags: readonly string[] = [],
): Promise<string> => {
  const output = join(BUILD, target);
  try {
    const found =
      libraries.length === 0 ? '' : (await execa('pkg-config', ['--cflags', '--libs', ...libraries])).stdout;
    const settings = found.split(/\s+/).filter((word) => word !== '');
    await execa('gcc', ['-O2', ...flags, '-o', output, source, ...settings]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MissingError(
      `Expected ${source} to compile; install what it needs: sudo apt-get install ${PACKAGES}\n${reason}`,
    );
  }
  return output;
};

/** Compiles the measuring clients and gathers the agents that they run. */
export const buildTools = async (): Promise<Tools> => {
  const shared = join(resolve(ROOT, process.env.BUNDLET_SHARED ?? '../shared'), 'bench');
  if (!existsSync(join(shared, 'lrmd-bench.c'))) {
    throw new MissingError(
      `Expected the measuring client ${join(shared, 'lrmd-bench.c')}; name the folder above its "bench" ` +
        'with the environment variable BUNDLET_SHARED',
    );
  }
  const agents = join(BUILD, 'agents');
  rmSync(agents, { recursive: true, force: true });
  mkdirSync(agents, { recursive: true });
  for (const name of readdirSync(join(shared, 'agents')).filter((file) => !file.endsWith('.c'))) {
    copyFileSync(join(shared, 'agents', name), join(agents, name));
    chmodSync(join(agents, name), 0o755);
  }
  await compile(join(shared, 'agents', 'true-c.c'), join('agents', 'true-c'), [], ['-static']);
  const libraries = ['pacemaker-lrmd', 'pacemaker', 'glib-2.0'];
  return {
    agents,
    client: await compile(join(shared, 'lrmd-bench.c'), 'lrmd-bench', libraries),
    storm: await compile(join(ROOT, 'bench', 'storm.c'), 'storm', ['gnutls']),
    toolRounds: await compile(join(ROOT, 'bench', 'tool-rounds.c'), 'tool-rounds', ['libqb']),
  };
};

const download = async (): Promise<string> => {
  const target = join(BUILD, 'pacemaker-remote');
  const daemon = join(target, 'usr', 'sbin', 'pacemaker-remoted');
  if (existsSync(daemon)) {
    return daemon;
  }
  try {
    await execa('apt-get', ['download', 'pacemaker-remote'], { cwd: BUILD });
    const file = readdirSync(BUILD).find((name) => /^pacemaker-remote_.*\.deb$/.test(name));
    await execa('dpkg-deb', ['-x', file ?? 'pacemaker-remote.deb', target], { cwd: BUILD });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MissingError(
      'Expected a C pacemaker-remoted to compare with: none is installed and the package could not be ' +
        `downloaded (sudo apt-get update; apt-get download pacemaker-remote), or name one with --reference\n${reason}`,
    );
  }
  return daemon;
};

/** The C daemon: the one that was named, an installed one, or Debian's package unpacked under build/. */
export const findReference = async (named: string | undefined): Promise<string> => {
  if (named !== undefined) {
    return findDaemon(named, '--reference');
  }
  const places = ['/opt/pcmk-remote-deb/usr/sbin/pacemaker-remoted', '/usr/sbin/pacemaker-remoted'];
  return places.find((place) => existsSync(place)) ?? (await download());
};

export const findDaemon = (path: string, option: string): string => {
  const absolute = resolve(path);
  if (!existsSync(absolute)) {
    throw new MissingError(
      `Expected a program at ${absolute}; build it (npm run build) or use ${option} PATH`,
    );
  }
  return absolute;
};
