// `npm run watch`: connects to a daemon and shows what it tells its controllers, until Ctrl-C.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { RemoteClient, Secret } from '../src/client/index.ts';

const USAGE = `Usage: npm run watch [-- OPTION...]

  --host HOST   name or address of the daemon (127.0.0.1)
  --port PORT   TCP port (3121)
  --key FILE    pre-shared key (build/first-run/authkey, which npm start makes)
  --help        this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '3121' },
      key: { type: 'string', default: 'build/first-run/authkey' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const key = new Secret(await readFile(values.key));
  await using client = await RemoteClient.connect({
    host: values.host,
    port: Number(values.port),
    key,
    name: 'watch',
  });
  process.once('SIGINT', () => client.close());
  process.stdout.write(
    `connected to ${values.host}:${values.port}, up for ${client.daemon.uptimeSeconds} s\n`,
  );
  for await (const event of client.events()) {
    const time = new Date().toISOString().slice(11, 23);
    if (event.type === 'result') {
      const { rscId, action, rc, status, exitReason = '' } = event.result;
      process.stdout.write(`${time}  ${rscId} ${action}: rc ${rc}, status ${status} ${exitReason}\n`);
    } else {
      process.stdout.write(`${time}  ${event.type}\n`);
    }
  }
}

await main().catch((error: Error) => {
  process.stderr.write(`watch: ${error.message}\n`);
  process.exitCode = 1;
});
