import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { systemClock } from '../observe/clock.ts';
import type { InheritedRun, Runner } from '../process/runner.ts';
import type { RunnerSource } from '../process/runner-source.ts';

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

/** The descriptor that `pcmk-init` left, connected to the spawner; absent if there is none or it is not wanted. */
function spawnerFd(env: Environment): number | undefined {
  const text = env['BUNDLET_SPAWNER_FD'] ?? '';
  return /^\d{1,9}$/.test(text) && env['BUNDLET_SPAWNER'] !== 'none' ? Number(text) : undefined;
}

/**
 * What runs programs. Loaded with the first operation, or when those of an earlier daemon may still run: listening
 * doesn't need it.
 */
export class Runners {
  readonly #env: Environment;
  #loading: Promise<RunnerSource> | undefined;
  #source: RunnerSource | undefined;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** At once where it is loaded. Never rejects. */
  get(): Runner | Promise<Runner> {
    return this.#source?.getNow() ?? this.#load().then((source) => source.get());
  }

  /** What an earlier daemon began and still runs. Only `pcmk-init` knows earlier ones: else nothing is loaded. */
  async inherited(): Promise<readonly InheritedRun[]> {
    return spawnerFd(this.#env) === undefined ? [] : (await this.#load()).inherited();
  }

  #load(): Promise<RunnerSource> {
    this.#loading ??= startRunners(this.#env).then((source) => {
      this.#source = source;
      return source;
    });
    return this.#loading;
  }
}

async function startRunners(env: Environment): Promise<RunnerSource> {
  const { RunnerSource } = await import('../process/runner-source.ts');
  const fd = spawnerFd(env);
  const program = spawnerProgram(env);
  return new RunnerSource({
    clock: systemClock,
    // Those of the daemon itself, which has prepared them for agents.
    surroundings: { cwd: process.cwd(), umask: process.umask() },
    ...(fd === undefined ? {} : { spawnerFd: fd }),
    ...(program === undefined ? {} : { spawnerProgram: program }),
  });
}

/**
 * `pcmk-init` as it lies beside the daemon: in an image `sbin` beside `lib/bundlet`, in a checkout `build`.
 * `BUNDLET_SPAWNER` names another one, or says `none`, which is execa.
 */
function spawnerProgram(env: Environment): string | undefined {
  const given = env['BUNDLET_SPAWNER'] ?? '';
  const program = given === '' ? besideDaemon() : given;
  return program !== 'none' && existsSync(program) ? program : undefined;
}

function besideDaemon(): string {
  // esbuild drops the second branch with its `import.meta`, which CommonJS does not have.
  return typeof BUNDLET_BUNDLED !== 'undefined' && BUNDLET_BUNDLED
    ? resolve(dirname(__filename), '../../sbin/pcmk-init')
    : join(import.meta.dirname, '../../build/pcmk-init');
}
