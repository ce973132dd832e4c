import { spawn } from 'node:child_process';
import type { SeenProcess } from '../place.ts';
import { readProcess } from './process-table.ts';

/** How long it may take until it is there, in ms. */
const READY_LIMIT_MS = 10_000;

/** What it runs: takes a command line and a name for its own, listens where it is told, and stays until it is killed. */
const PROGRAM = `
const [title, name, port] = process.argv.slice(1);
process.title = title;
require('node:fs').writeFileSync('/proc/self/comm', name);
const ready = () => process.stdout.write('ready\\n');
if (port === '') {
  setInterval(() => undefined, 2 ** 30);
  ready();
} else {
  const server = require('node:net').createServer((socket) => socket.destroy());
  server.on('error', (error) => { process.stdout.write(error.code + '\\n'); process.exit(1); });
  server.listen({ port: Number(port), host: '0.0.0.0' }, ready);
}`;

/** A process that has nothing to do with the agent. */
export async function startBystander(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  port?: number,
): Promise<SeenProcess> {
  const title = words.join(' ');
  const name = (words[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '';
  // A title can't be longer than the command line was.
  const args = ['-e', PROGRAM, title, name, port === undefined ? '' : String(port)];
  const child = spawn(process.execPath, args, {
    env,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.unref();
  const { pid } = child;
  const said = await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => resolve('nothing'), READY_LIMIT_MS);
    child.once('error', reject);
    child.stdout.once('data', (chunk: Buffer) => {
      clearTimeout(limit);
      resolve(chunk.toString().trim());
    });
  });
  child.stdout.destroy();
  const seen = pid === undefined ? undefined : await readProcess(pid);
  if (said !== 'ready' || seen === undefined) {
    throw new Error(`Expected a bystander${port === undefined ? '' : ` on port ${port}`}, got ${said}`);
  }
  return seen;
}
