// Makes src/control/control-messages.js out of control.proto. `npm run proto`; a unit test fails while they are stale.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const control = resolve(import.meta.dirname, '../src/control');

const HEAD = '// Made of control.proto by `npm run proto`; change that and run it again.\n';

/** The static module of protobufjs: encode and decode, nothing else. Its types are `model.ts`. */
export async function generate(): Promise<string> {
  const bin = join(dirname(require.resolve('protobufjs-cli/package.json')), 'bin');
  const folder = await mkdtemp(join(tmpdir(), 'proto-'));
  try {
    const made = join(folder, 'control-messages.js');
    const pbjs = [
      ...[
        '--target',
        'static-module',
        '--wrap',
        'esm',
        '--force-number',
        '--no-delimited',
        '--no-service',
        '--no-convert',
        '--no-create',
      ],
      ...['--no-verify', '--no-typeurl', '--import-extension', '.js', '--out', made],
    ];
    await run(process.execPath, [join(bin, 'pbjs'), ...pbjs, join(control, 'control.proto')]);
    // Comments are in the .proto.
    return HEAD + (await readFile(made, 'utf8')).replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(control, 'control-messages.js'), await generate());
}
