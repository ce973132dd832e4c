// One of several processes that play cases, each in a network namespace of its own: names come in by standard input,
// one a line, results leave by standard output as JSON.
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { CASES } from './cases/index.ts';
import { told } from './engine/failure.ts';
import { play } from './engine/play.ts';
import type { CaseResult } from './report.ts';
import { startDaemon } from './stage/daemon.ts';
import { raiseLoopback } from './stage/loopback.ts';

const [command = ''] = process.argv.slice(2);

/** The C daemon leaves Nagle on; on a loopback without delayed acknowledgements a case of it takes half the time. */
async function quicken(): Promise<void> {
  const words =
    'route change table local local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1 quickack 1';
  // Without iproute2 it is only slower.
  await promisify(execFile)('ip', words.split(' ')).catch(() => undefined);
}

async function run(name: string): Promise<CaseResult> {
  const begunMs = performance.now();
  const failure = await playFresh(name).then(
    () => undefined,
    (error: unknown) => told(error),
  );
  const ms = Math.round(performance.now() - begunMs);
  return { name, passed: failure === undefined, ms, ...(failure === undefined ? {} : { failure }) };
}

async function playFresh(name: string): Promise<void> {
  const contractCase = CASES.find((one) => one.name === name);
  if (contractCase === undefined) {
    throw new Error(`Expected the name of a case, got '${name}'`);
  }
  await using daemon = await startDaemon(command, contractCase);
  await play(contractCase, daemon);
}

raiseLoopback();
await quicken();
for await (const name of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(name))}\n`);
}
