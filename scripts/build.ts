// Makes build/: the image tree build/root and links to its programs. `npm run build`.
import { execFile } from 'node:child_process';
import { chmod, copyFile, glob, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { AGENTS, launcherText } from '../src/process/own-agents.ts';
import { buildCli } from './build-cli.ts';
import { buildClient } from './build-client.ts';
import { buildKit } from './build-kit.ts';
import { buildPackage, type OwnManifest } from './build-package.ts';
import { manPages } from './cli-page.ts';
import { warmCompileCache } from './compile-cache.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

const checkout = resolve(import.meta.dirname, '..');
const target = join(checkout, 'build');
const root = join(target, 'root');
const sbin = join(root, 'usr/sbin');
const lib = join(root, 'usr/lib/bundlet');

/**
 * Packages that most containers never load. Each is a file of its own: V8 keeps the text of a file in memory from the
 * moment that it is loaded. Rooms of ours that are loaded late stay in the bundle: cut out by esbuild (`splitting`), with
 * files for all that they share, they took 0.3 MB more and not less.
 */
const LAZY_PACKAGES = ['dbus-native', 'execa', 'node-ipc'];

/** The messages of control.proto with what they need of protobufjs: the same. */
const MESSAGES = 'control-messages';

/** Names under which `pcmk-tool` is called. */
const SMALL_TOOLS = ['crm_node', 'attrd_updater', 'crm_attribute', 'crm_master'];

const SETTINGS: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  logLevel: 'warning',
  legalComments: 'none',
};

/**
 * winston brings the streams of Node 10 along: the copy would be 40 KB of text beside Node's own, which are loaded
 * anyway and can do the same.
 */
const ownStreams: Plugin = {
  name: 'own-streams',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
    onResolve({ filter: /^readable-stream\/lib\/_stream_writable.js$/ }, ({ path }) => ({
      path,
      namespace: 'own-streams',
    }));
    onLoad({ filter: /.*/, namespace: 'own-streams' }, () => ({
      contents: `module.exports = require('node:stream').Writable`,
    }));
  },
};

/** The bundle has `require("./execa.cjs")` in place of the package. */
const apart: Plugin = {
  name: 'apart',
  setup: ({ onResolve }) => {
    const filter = new RegExp(`^(${LAZY_PACKAGES.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `./${path}.cjs`, external: true }));
    onResolve({ filter: new RegExp(`/${MESSAGES}.js$`) }, () => ({
      path: `./${MESSAGES}.cjs`,
      external: true,
    }));
  },
};

/** Of node-ipc the daemon uses the server for Unix sockets: what it brings for others would be loaded for nothing. */
const serverOnly: Plugin = {
  name: 'server-only',
  setup: ({ onLoad, onResolve }) => {
    onLoad({ filter: /node-ipc\/(dao\/client|entities\/TLS)\.js$/ }, () => ({
      contents:
        'export class Client {} export const createServerTLSOptions = undefined; export { Client as default };',
    }));
    onResolve({ filter: /^node:(tls|dgram)$/ }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export default {};' }));
  },
};

/** How programs of `src` are bundled: the packages above and koffi's binary lie beside them. */
const bundleSettings = (version: string): BuildOptions => ({
  ...SETTINGS,
  external: ['koffi'],
  plugins: [apart, ownStreams],
  define: {
    BUNDLET_VERSION: JSON.stringify(version),
    BUNDLET_BUNDLED: 'true',
    // Else a part of winston looks for a terminal to write coloured texts to, which nobody asked for.
    'process.env.NODE_ENV': '"production"',
  },
  // src/native/koffi.ts: the branch that needs it is dead code in the bundle.
  logOverride: { 'empty-import-meta': 'silent' },
});

async function buildBundle(version: string): Promise<void> {
  const daemon = build({
    ...bundleSettings(version),
    entryPoints: [join(checkout, 'src/main/main.ts')],
    outfile: join(lib, 'pacemaker-remoted.cjs'),
  });
  const packages = LAZY_PACKAGES.map((name) =>
    build({
      ...SETTINGS,
      entryPoints: [name],
      absWorkingDir: checkout,
      outfile: join(lib, `${name}.cjs`),
      plugins: name === 'node-ipc' ? [serverOnly] : [],
      // dbus-native reads descriptions of objects with it, which we never ask for: 100 KB less.
      external: ['xml2js'],
    }),
  );
  const messages = build({
    ...SETTINGS,
    entryPoints: [join(checkout, `src/control/${MESSAGES}.js`)],
    outfile: join(lib, `${MESSAGES}.cjs`),
  });
  await Promise.all([daemon, messages, ...packages]);
}

/** Node's own modules that an agent imports from the kit and doesn't use need not be loaded. */
const unusedBuiltIns: Plugin = {
  name: 'unused-built-ins',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true, sideEffects: false })),
};

/** Our agents: one module each, which the daemon and the program `run-agent.cjs` load, and the files that OCF names. */
async function buildAgents(): Promise<void> {
  const names = [...new Set(AGENTS.map(({ name }) => name))];
  await mkdir(join(lib, 'agents'), { recursive: true });
  const modules = names.map((name) =>
    build({
      ...SETTINGS,
      plugins: [unusedBuiltIns],
      entryPoints: [join(checkout, `agents/${name}/${name}.ts`)],
      outfile: join(lib, `agents/${name}.cjs`),
    }),
  );
  const parts = Object.entries({
    'run-agent': 'run-own-agent.ts',
    'agent-program': 'program.ts',
    // What the daemon runs modules with that need no process.
    'agent-engine': 'run-agent.ts',
  }).map(([name, source]) =>
    build({
      ...SETTINGS,
      entryPoints: [join(checkout, 'agents/kit', source)],
      outfile: join(lib, `${name}.cjs`),
    }),
  );
  // What they are checked with, where `bundlet conformance` finds it.
  const cases = names.map((name) =>
    copyFile(join(checkout, `agents/${name}/cases.yaml`), join(lib, `agents/${name}.cases.yaml`)),
  );
  await Promise.all([...modules, ...parts, ...cases]);
  for (const agent of AGENTS) {
    const file = join(root, agent.path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, launcherText(agent), { mode: 0o755 });
  }
}

/** koffi's binary lies beside the bundle; its JavaScript, which would look for it in node_modules, is left out. */
async function copyKoffi(): Promise<void> {
  const koffiPackage = `@koromix/koffi-linux-${process.arch}`;
  const folder = resolve(require.resolve(`${koffiPackage}/package.json`), '..');
  await copyFile(join(folder, `linux_${process.arch}`, 'koffi.node'), join(lib, 'koffi.node'));
}

/** The Node that runs this build goes into the image, without its symbols where `strip` is at hand. */
async function copyNode(): Promise<void> {
  const node = join(lib, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
  await run('strip', ['--strip-unneeded', node]).catch(() => {
    process.stderr.write(
      'build: node is not stripped (apt-get install binutils makes the image 10 MB smaller)\n',
    );
  });
}

/** One of the static programs. */
async function buildProgram(name: string, folder: string, version: string): Promise<void> {
  const CFLAGS = `${process.env['CFLAGS'] ?? ''} -DBUNDLET_VERSION="${version}"`;
  await run(join(checkout, 'init/build.sh'), [join(folder, name), name], {
    env: { ...process.env, CFLAGS },
  }).catch((error: { stderr?: string }) => {
    throw new Error(`init/build.sh failed: ${error.stderr ?? String(error)}`);
  });
}

/** `man bundlet`, `man bundlet-status`, … */
async function writeManPages(version: string): Promise<void> {
  const folder = join(root, 'usr/share/man/man1');
  await mkdir(folder, { recursive: true });
  const pages = Object.entries(manPages(version));
  await Promise.all(pages.map(([name, text]) => writeFile(join(folder, name), text)));
}

async function link(to: string, at: string): Promise<void> {
  await rm(at, { force: true });
  await symlink(to, at);
}

/** What the build is made of; with `--if-needed` nothing is done while none of it is newer than the build. */
const SOURCES = ['src', 'agents', 'init', 'scripts', 'package-lock.json'];

async function isUpToDate(): Promise<boolean> {
  const built = await stat(join(lib, 'pacemaker-remoted.cjs')).catch(() => undefined);
  if (built === undefined) {
    return false;
  }
  for (const source of SOURCES) {
    for await (const file of glob(`${source}{,/**}`, { cwd: checkout })) {
      if ((await stat(join(checkout, file))).mtimeMs > built.mtimeMs) {
        return false;
      }
    }
  }
  return true;
}

async function main(): Promise<void> {
  if (process.argv.includes('--if-needed') && (await isUpToDate())) {
    return;
  }
  const own = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as OwnManifest;
  const { version } = own;
  await rm(root, { recursive: true, force: true });
  await rm(join(target, 'ocf'), { recursive: true, force: true });
  await mkdir(sbin, { recursive: true });
  await mkdir(lib, { recursive: true });
  await buildProgram('pcmk-init', sbin, version);
  await buildProgram('pcmk-tool', lib, version);
  await buildProgram('pcmk-shim', lib, version);
  const kitPlaces = { checkout, lib, target: join(target, 'package') };
  await buildKit(kitPlaces);
  const client = buildClient(bundleSettings(version), kitPlaces);
  const cli = buildCli(bundleSettings(version), { checkout, lib, bin: join(root, 'usr/bin') });
  await Promise.all([
    writeManPages(version),
    buildBundle(version),
    buildAgents(),
    cli,
    client,
    copyKoffi(),
    copyNode(),
  ]);
  // The last folder of the agents' PATH: found only where the image has no others of these names.
  await mkdir(join(lib, 'tools'));
  for (const name of SMALL_TOOLS) {
    await link('../pcmk-tool', join(lib, 'tools', name));
  }
  // What bundles run by default, under both of its names.
  await link('pcmk-init', join(sbin, 'pacemaker-remoted'));
  await link('pcmk-init', join(sbin, 'pacemaker_remoted'));
  for (const name of ['pcmk-init', 'pacemaker-remoted']) {
    await link(join('root/usr/sbin', name), join(target, name));
  }
  await buildPackage(own, kitPlaces);
  await link('root/usr/bin/bundlet', join(target, 'bundlet'));
  const agents = AGENTS.filter(({ path }) => path.startsWith('../ocf/')).map(({ path }) => join(root, path));
  await warmCompileCache({
    daemon: join(target, 'pacemaker-remoted'),
    cli: join(target, 'bundlet'),
    agents,
    cache: join(lib, 'cache'),
  });
}

await main().catch((error: unknown) => {
  process.stderr.write(`build: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
