// The agent kit for other people's agents: `agent-kit.mjs` for images, and the same with its types in the package.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { emitDeclarations } from './declarations.ts';

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
  const declarations = emitDeclarations(join(checkout, 'tsconfig.kit.json'), join(target, 'agent-kit'));
  await Promise.all([bundle, declarations]);
  await copyFile(join(lib, 'agent-kit.mjs'), join(target, 'agent-kit.mjs'));
}
