// The fake cluster as a program of its own, for a network namespace that the test is not in:
//   program.ts --key-file FILE [--host ADDRESS] [--port NUMBER] [--cib FILE] [--trace]
// Prints `ready` when it serves, with --trace each request as a line of JSON; ends with its standard input.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ConnectOptions, Secret } from '../../../src/client/index.ts';
import { connectFakeCluster, FakeCluster, type FakeProvider } from '../fake-cluster.ts';

/** How long a daemon may take to listen. */
const PATIENCE_MS = 20_000;

const { values } = parseArgs({
  options: {
    'key-file': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '3121' },
    cib: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
const { 'key-file': keyFile = '', host, port, cib, trace } = values;

const cluster = new FakeCluster({
  ...(cib === undefined ? {} : { cib: readFileSync(cib, 'utf8') }),
  override: (request) => {
    if (trace) {
      process.stdout.write(`${JSON.stringify(request)}\n`);
    }
    return undefined;
  },
});

async function connectPatiently(options: ConnectOptions): Promise<FakeProvider> {
  for (const limit = Date.now() + PATIENCE_MS; ; await sleep(10)) {
    try {
      return await connectFakeCluster(options, cluster);
    } catch (error) {
      if (Date.now() > limit) {
        throw error;
      }
    }
  }
}

const key = new Secret(readFileSync(keyFile));
await using provider = await connectPatiently({ host, port: Number(port), key });
process.stdout.write('ready\n');
const left = new Promise<void>((resolve) => process.stdin.once('end', resolve).resume());
await Promise.race([left, provider.client.closed]);
