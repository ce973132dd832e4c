// The agent kit for other people's agents: `agent-kit.mjs` for images, and the package that `npm run pack` packs.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

/** Of our own package.json: what the package takes over. */
export interface OwnManifest {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
}

/** Where things are, and go. */
export interface KitPlaces {
  readonly checkout: string;
  /** `/usr/lib/bundlet` of the image. */
  readonly lib: string;
  /** The package's folder. */
  readonly target: string;
}

/** Without the daemon, and so without what that depends on. */
const manifest = ({ version, license, engines }: OwnManifest): object => ({
  name: 'bundlet',
  version,
  description: 'The kit for resource agents of Pacemaker that Bundlet is made with',
  license,
  type: 'module',
  engines,
  sideEffects: false,
  exports: { './agent-kit': { types: './agent-kit/index.d.ts', default: './agent-kit.mjs' } },
});

const README = `# bundlet/agent-kit

Resource agents of Pacemaker (OCF 1.1), declared once: metadata, checks of parameters, exit codes, reasons, log and time limits come
from the declaration. Node 22.13 or newer; no dependencies.

\`\`\`js
import { daemonService, defineAgent, integer, runAsProgram } from 'bundlet/agent-kit';
\`\`\`

How to write one, from an empty file to an agent that passes ocf-tester, is told in Bundlet's docs/agents.md; everything else by the
comments of the types. With TypeScript, @types/node has to be there. There is no other way in: the subpath agent-kit is the package.
`;

/** Makes both. */
export async function buildKit(own: OwnManifest, { checkout, lib, target }: KitPlaces): Promise<void> {
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
  await copyFile(join(checkout, 'LICENSE'), join(target, 'LICENSE'));
  await writeFile(join(target, 'README.md'), README);
  await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest(own), undefined, 2)}\n`);
}
