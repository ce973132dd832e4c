// The package of npm that `npm run pack` packs: the program `bundlet` for a machine with Node alone, our agents, and the agent kit.
import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENTS, launcherText } from '../src/process/own-agents.ts';

/** Of our own package.json: what the package takes over. */
export interface OwnManifest {
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
}

/** Where things are, and go. */
export interface PackagePlaces {
  readonly checkout: string;
  /** `/usr/lib/bundlet` of the image, complete. */
  readonly lib: string;
  /** The package's folder, with the kit in it. */
  readonly target: string;
}

/**
 * Nothing of other packages: an installation is one file, and needs no network. `os` is not said, as the kit is of use for who writes
 * agents elsewhere.
 */
const manifest = ({ version, license, engines }: OwnManifest): object => ({
  name: 'bundlet',
  version,
  description:
    'Controller library and command for Pacemaker Remote, conformance tests for resource agents and the kit to write them with',
  keywords: ['pacemaker', 'ocf', 'resource-agents', 'conformance', 'high-availability'],
  license,
  type: 'module',
  engines,
  sideEffects: false,
  bin: { bundlet: 'bin/bundlet.cjs' },
  files: ['bin', 'lib', 'agent-kit', 'agent-kit.mjs', 'client.mjs', 'types', 'report.schema.json'],
  exports: {
    './agent-kit': { types: './agent-kit/index.d.ts', default: './agent-kit.mjs' },
    './client': { types: './types/client/index.d.ts', default: './client.mjs' },
    './report.schema.json': './report.schema.json',
    './package.json': './package.json',
  },
});

const README = `# bundlet

Finds out whether a resource agent does what a Pacemaker cluster relies on. A Linux machine with Node 22.13 or newer is enough: every
check runs in a sandbox of its own, made with util-linux, by root or in a user namespace.

\`\`\`console
$ npx bundlet conformance ./my-agent
$ npx bundlet conformance ocf:heartbeat:apache -o configfile=/etc/apache2/apache2.conf --output human --output junit=report.xml
\`\`\`

Exit status: 0 no MUST failed, 1 some did, 2 wrong usage, 3 it could not be found out. \`bundlet conformance --help\` tells of the options,
Bundlet's docs/conformance.md of everything else. There are no dependencies, and nothing is fetched or sent.

Bundlet's own agents come along (\`npx bundlet conformance ocf:bundlet:dummy\`), to be checked and read; where they run in a cluster,
they are installed with Bundlet.

## bundlet/client

A controller of Pacemaker Remote daemons, Bundlet's and Pacemaker's own: every request of the protocol, keys and certificates, reconnecting,
results and events as async iterators. Needs GnuTLS on the machine (libgnutls30), and nothing else.

\`\`\`js
import { readKeyFile, RemoteClient } from 'bundlet/client';

await using client = await RemoteClient.connect({ host: 'web-1', key: await readKeyFile('/etc/pacemaker/authkey') });
await client.registerResource({ id: 'web', class: 'ocf', provider: 'heartbeat', type: 'apache' });
const { result } = await client.exec({ rscId: 'web', action: 'monitor', timeoutMs: 20_000 });
console.log((await result).rc);
\`\`\`

\`npx bundlet doctor --host web-1 --authkey FILE\`, \`status\`, \`explain\` and the other commands ask such a daemon.

## bundlet/agent-kit

Resource agents of Pacemaker (OCF 1.1), declared once: metadata, checks of parameters, exit codes, reasons, log and time limits come
from the declaration.

\`\`\`js
import { daemonService, defineAgent, integer, runAsProgram } from 'bundlet/agent-kit';
\`\`\`

How to write one, from an empty file to an agent that passes, is told in Bundlet's docs/agents.md; everything else by the comments of
the types. With TypeScript, @types/node has to be there.
`;

/** What an old Node can read, too: it is to say so, and not to choke on what it does not know. */
const program = ({ engines }: OwnManifest): string => `#!/usr/bin/env node
'use strict';
var wanted = '${engines.node.replace('>=', '')}'.split('.');
var found = process.versions.node.split('.');
var problem =
  found[0] - wanted[0] || found[1] - wanted[1] || 0;
if (problem < 0) {
  process.stderr.write('bundlet: Expected Node ' + wanted.join('.') + ' or newer, got ' + process.versions.node +
    '; install it, or try npx -p node@24 -p bundlet bundlet\\n');
  process.exitCode = 3;
} else if (process.platform !== 'linux') {
  process.stderr.write('bundlet: Expected Linux, where Pacemaker and its agents are, got ' + process.platform +
    '; run it in a container or a virtual machine\\n');
  process.exitCode = 3;
} else {
  require('../lib/bundlet.cjs');
}
`;

/** The Node of our own agents: in an image it lies beside them, here it is the machine's. Its absence is a status of OCF. */
const NODE = `#!/bin/sh
for node in "$(command -v node)" /usr/local/bin/node /usr/bin/node; do
  [ -x "$node" ] && exec "$node" "$@"
done
echo 'ocf-exit-reason:Expected node in PATH, got none' >&2
exit 5
`;

/** Of the image's folder: what `bundlet`, its worker and our agents need. */
const PARTS = [
  ...['bundlet.cjs', 'conformance-worker.cjs', 'cluster-tools'],
  ...['agents', 'run-agent.cjs', 'agent-program.cjs', 'pcmk-shim'],
];
/** What lies beside the bundles and is loaded late, if at all: koffi's binary is of machines like this one, for `--host`. */
const LATE_PARTS = ['dbus-native.cjs', 'execa.cjs', 'control-messages.cjs', 'koffi.node'];

/** Our agents as files, where the program looks for them. */
const OWN_AGENTS = AGENTS.filter(({ path }) => path.startsWith('usr/lib/ocf/')).map(({ provider, name }) => ({
  provider,
  name,
  path: `ocf/resource.d/${provider}/${name}`,
  way: '../../..',
}));

/** Fills the package's folder. */
export async function buildPackage(
  own: OwnManifest,
  { checkout, lib, target }: PackagePlaces,
): Promise<void> {
  const folder = join(target, 'lib');
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await chmod(path, 0o755);
  };
  await mkdir(folder, { recursive: true });
  await Promise.all(PARTS.map((part) => cp(join(lib, part), join(folder, part), { recursive: true })));
  const bundles = [
    ...['bundlet.cjs', 'conformance-worker.cjs'].map((name) => join(lib, name)),
    join(folder, 'client.cjs'),
  ];
  for (const part of await namedBy(...bundles)) {
    await copyFile(join(lib, part), join(folder, part));
  }
  await put(join(folder, 'node'), NODE);
  await Promise.all(OWN_AGENTS.map((agent) => put(join(folder, agent.path), launcherText(agent))));
  await put(join(target, 'bin/bundlet.cjs'), program(own));
  await copyFile(join(checkout, 'docs/conformance/report.schema.json'), join(target, 'report.schema.json'));
  await copyFile(join(checkout, 'LICENSE'), join(target, 'LICENSE'));
  await writeFile(join(target, 'client.mjs'), await clientModule(join(folder, 'client.cjs')));
  await writeFile(join(target, 'README.md'), README);
  await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest(own), undefined, 2)}\n`);
}

/** The library as an ES module: names that Node can't see in a bundle are listed. */
async function clientModule(bundle: string): Promise<string> {
  const { createRequire } = await import('node:module');
  const names = Object.keys(createRequire(import.meta.url)(bundle) as object).sort();
  return `import client from './lib/client.cjs';\nexport const { ${names.join(', ')} } = client;\n`;
}

/** Those of the late parts that the bundles speak of. */
async function namedBy(...bundles: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(bundles.map((bundle) => readFile(bundle, 'utf8')));
  return LATE_PARTS.filter((part) => texts.some((text) => text.includes(part)));
}
