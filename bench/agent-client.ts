// The controller of the group `agents`: `agent-client.ts KEY-FILE PROVIDER TYPE CONFIGURATION`. Says `ready` when the
// monitor works, then obeys lines: `go` has it repeated every INTERVAL_MS, `stop` ends that.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { RemoteClient, Secret } from '../src/client/index.ts';
import { MONITOR_INTERVAL_MS, SERVER_STATUS } from './agents-stage.ts';

const RSC = 'web';

async function main(): Promise<void> {
  const [keyFile = '', provider = '', type = '', configfile = ''] = process.argv.slice(2);
  const key = new Secret(readFileSync(keyFile));
  await using client = await RemoteClient.connect({ host: '127.0.0.1', key });
  await client.registerResource({ id: RSC, class: 'ocf', provider, type });
  const parameters = {
    ...{ configfile, httpd: '/usr/sbin/apache2', statusurl: SERVER_STATUS },
    ...{ CRM_meta_name: 'monitor', CRM_meta_interval: '10000', CRM_meta_timeout: '20000' },
  };
  const request = { rscId: RSC, action: 'monitor', timeoutMs: 20_000, parameters };
  for await (const line of createInterface(process.stdin)) {
    switch (line) {
      case 'once': {
        const { rc, exitReason, output } = await (await client.exec(request)).result;
        console.log(JSON.stringify({ rc, reason: exitReason ?? output }));
        break;
      }
      case 'go':
        // As the cluster does it: it hears only of changes.
        await (await client.exec({ ...request, intervalMs: MONITOR_INTERVAL_MS, changesOnly: true })).result;
        console.log('{}');
        break;
      case 'stop':
        await client.cancel({ rscId: RSC, action: 'monitor', intervalMs: MONITOR_INTERVAL_MS });
        console.log('{}');
        break;
      default:
        throw new Error(`Expected once, go or stop, got ${line}`);
    }
  }
}

await main();
