// The program `bundlet`: its bundle, the worker of `bundlet conformance`, and the cluster tools that only pretend.
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Where things are, and go. */
export interface CliPlaces {
  readonly checkout: string;
  /** `/usr/lib/bundlet` of the image. */
  readonly lib: string;
  /** `/usr/bin` of the image. */
  readonly bin: string;
}

/** `/usr/bin/bundlet`, and links to it: by the Node that comes along. */
const LAUNCHER = `#!/bin/sh
self=$(readlink -f "$0") || exit 3
lib=\${self%/bin/*}/lib/bundlet
NODE_COMPILE_CACHE=\${NODE_COMPILE_CACHE-$lib/cache} NODE_COMPILE_CACHE_PORTABLE=1 exec "$lib/node" "$lib/bundlet.cjs" "$@"
`;

/** Makes them; `options` are those of all our bundles. */
export async function buildCli(options: BuildOptions, { checkout, lib, bin }: CliPlaces): Promise<void> {
  const programs = { bundlet: 'src/cli/bundlet.ts', 'conformance-worker': 'src/conformance/worker.ts' };
  const bundles = Object.entries(programs).map(([name, source]) =>
    build({ ...options, entryPoints: [join(checkout, source)], outfile: join(lib, `${name}.cjs`) }),
  );
  const tools = cp(join(checkout, 'src/conformance/tools/programs'), join(lib, 'cluster-tools'), {
    recursive: true,
  });
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'bundlet'), LAUNCHER);
  await chmod(join(bin, 'bundlet'), 0o755);
  await Promise.all([...bundles, tools]);
}
