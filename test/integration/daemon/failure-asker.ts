// Asks the C daemon in whose network namespace it runs: failure-asker.ts PORT KEY-FILE. Prints the answers as JSON.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteClient, Secret } from '../../../src/client/index.ts';
import { askAll } from './failure-questions.ts';

const CONNECT_LIMIT_MS = 20_000;

async function connect(port: number, key: Buffer): Promise<RemoteClient> {
  for (const limit = Date.now() + CONNECT_LIMIT_MS; ; ) {
    try {
      return await RemoteClient.connect({ host: '127.0.0.1', port, key: new Secret(Buffer.from(key)) });
    } catch (error) {
      if (Date.now() > limit) {
        throw error;
      }
      await sleep(50);
    }
  }
}

const [port = '', keyFile = ''] = process.argv.slice(2);
const client = await connect(Number(port), readFileSync(keyFile));
process.stdout.write(`${JSON.stringify(await askAll(client))}\n`);
client.close();
await client.closed;
