// The controller library for other people's programs, `bundlet/client`: its bundle and its types in the package.
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import type { KitPlaces } from './build-kit.ts';
import { emitDeclarations } from './declarations.ts';

/** Makes them; `options` are those of all our bundles. koffi's binary and what is loaded late come beside it. */
export async function buildClient(
  options: BuildOptions,
  { checkout, target }: Pick<KitPlaces, 'checkout' | 'target'>,
): Promise<void> {
  const bundle = build({
    ...options,
    entryPoints: [join(checkout, 'src/client/index.ts')],
    outfile: join(target, 'lib/client.cjs'),
  });
  const declarations = emitDeclarations(join(checkout, 'tsconfig.client.json'), join(target, 'types'));
  await Promise.all([bundle, declarations]);
}
