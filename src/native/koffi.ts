import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as KoffiModule from 'koffi';

/** The whole API of koffi, wherever its binary came from. */
export type Koffi = typeof KoffiModule;

/** A C pointer. koffi 3 has them as numbers of 64 bits; `null` is NULL. */
export type Pointer = bigint;

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

let loaded: Koffi | undefined;

/**
 * koffi, loaded at first use. The bundle has `koffi.node` lying beside it and no JavaScript wrapper, because the
 * wrapper looks for its binary relative to `node_modules`; a checkout uses the npm package.
 */
export function koffi(): Koffi {
  // esbuild drops the second branch with its `import.meta`, which CommonJS does not have.
  loaded ??=
    typeof BUNDLET_BUNDLED !== 'undefined' && BUNDLET_BUNDLED
      ? fromBundle()
      : (createRequire(import.meta.url)('koffi') as Koffi);
  return loaded;
}

function fromBundle(): Koffi {
  const beside = join(dirname(__filename), 'koffi.node');
  return existsSync(beside) ? openBinary(beside) : createRequire(__filename)('koffi');
}

/** Loads a `koffi.node` file without its npm package. */
export function openBinary(path: string): Koffi {
  const target: { exports: Koffi | Record<string, never> } = { exports: {} };
  process.dlopen(target, path);
  return target.exports as Koffi;
}
