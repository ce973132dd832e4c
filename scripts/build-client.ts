// The controller library for other people's programs, `bundlet/client`: its bundle and its types in the package.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import type { KitPlaces } from './build-kit.ts';

const require = createRequire(import.meta.url);

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
  const declarations = promisify(execFile)(process.execPath, [
    join(require.resolve('typescript/package.json'), '../bin/tsc'),
    ...['--project', join(checkout, 'tsconfig.client.json'), '--outDir', join(target, 'types')],
  ]).catch((error: { stdout?: string }) => {
    throw new Error(`Expected declarations of the controller library, got ${error.stdout ?? String(error)}`);
  });
  await Promise.all([bundle, declarations]);
}
