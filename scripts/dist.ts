// Makes dist/bundlet-linux-<arch>.tar.gz from build/root: unpacked over any Debian-like root, it bakes Bundlet in.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { members } from './members.ts';

/** What Bundlet may add to an image, compressed (docs/architecture.md, budgets). */
const BUDGET_BYTES = 45_000_000;

const repository = resolve(import.meta.dirname, '..');
const root = join(repository, 'build/root');
const target = join(repository, `dist/bundlet-linux-${process.arch}.tar.gz`);

/** Seconds since 1970, the same for everybody who builds the same commit. */
function sourceDate(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) {
    if (!/^\d+$/.test(given)) {
      throw new Error(`Expected SOURCE_DATE_EPOCH to be seconds since 1970, got '${given}'`);
    }
    return Number(given);
  }
  try {
    return Number(execFileSync('git', ['-C', repository, 'log', '-1', '--format=%ct'], { encoding: 'utf8' }));
  } catch (error) {
    throw new Error('Expected a git checkout to take the date from; else set SOURCE_DATE_EPOCH', {
      cause: error,
    });
  }
}

async function pack(names: readonly string[]): Promise<void> {
  const tar = spawn(
    'tar',
    [
      ...['--create', '--directory', root, '--no-recursion', '--null', '--files-from=-'],
      ...['--format=gnu', '--owner=0', '--group=0', '--numeric-owner', '--mode=a+rX,u+w,go-w'],
      `--mtime=@${sourceDate()}`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const closed = once(tar, 'close');
  tar.stdin.end(names.map((name) => `${name}\0`).join(''));
  await pipeline(tar.stdout, createGzip({ level: 9 }), createWriteStream(target));
  const [exitCode] = await closed;
  if (exitCode !== 0) {
    throw new Error(`Expected tar to succeed, got exit code ${exitCode}`);
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

if (!existsSync(root)) {
  console.error('There is no build/root; run npm run build first (npm run dist does both)');
  process.exit(1);
}
const names = members(root);
mkdirSync(join(repository, 'dist'), { recursive: true });
await pack(names);
const unpacked = names.reduce((sum, name) => sum + lstatSync(join(root, name)).size, 0);
const compressed = statSync(target).size;
const within = compressed <= BUDGET_BYTES;
console.log(
  `${relative(repository, target)}: ${names.length} entries, ${megabytes(unpacked)} unpacked, ` +
    `${megabytes(compressed)} compressed, ${within ? 'within' : 'ABOVE'} the budget of ${megabytes(BUDGET_BYTES)}`,
);
process.exitCode = within ? 0 : 1;
