// The agent kit for other people's agents: `agent-kit.mjs` for images, and the same with its types in the package.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

/** Where things are, and go. */
export interface KitPlaces {
  readonly checkout: string;
  /** `/usr/lib/bundlet` of the image. */
  readonly lib: string;
  /** The package's folder. */
  readonly target: string;
}

/** Makes both. */
export async function buildKit({ checkout, lib, target }: KitPlaces): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const bundle = build({
    entryPoints: [join(checkout, 'agents/kit/index.ts')],
    outfile: join(lib, 'agent-kit.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'warning',
  });
  const declarations = promisify(execFile)(process.execPath, [
    join(require.resolve('typescript/package.json'), '../bin/tsc'),
    ...['--project', join(checkout, 'tsconfig.kit.json'), '--outDir', join(target, 'agent-kit')],
  ]).catch((error: { stdout?: string }) => {
    throw new Error(`Expected declarations of the agent kit, got ${error.stdout ?? String(error)}`);
  });
  await Promise.all([bundle, declarations]);
  await copyFile(join(lib, 'agent-kit.mjs'), join(target, 'agent-kit.mjs'));
}
