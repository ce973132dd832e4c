import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { systemClock } from '../observe/clock.ts';
import type { RunnerSource } from '../process/runner-source.ts';

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

/** Makes something at the first call, and gives it ever after. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The descriptor that `pcmk-init` left, connected to the spawner; absent if there is none or it is not wanted. */
export function spawnerFd(env: Environment): number | undefined {
  const text = env['BUNDLET_SPAWNER_FD'] ?? '';
  return /^\d{1,9}$/.test(text) && env['BUNDLET_SPAWNER'] !== 'none' ? Number(text) : undefined;
}

/**
 * What runs programs. Loaded with the first operation, or when an earlier daemon's may still run: listening doesn't
 * need it.
 */
export async function startRunners(env: Environment): Promise<RunnerSource> {
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
