// A controller that answers Pacemaker's tools in the container: `crm_node -n` and the like see a cluster of one node.
//   node tools.ts web-1 /etc/pacemaker/authkey
import { element, RemoteClient, readKeyFile, serveTools, writeXml } from 'bundlet/client';

const [host = '127.0.0.1', keyFile = '/etc/pacemaker/authkey', port = '3121'] = process.argv.slice(2);

const tools = serveTools({
  accepts: ({ server, client, user }) => {
    console.log(`${client} of ${user} asks ${server}`);
    return server === 'attrd';
  },
  // What attrd answers to an update: that it has it.
  request: () => writeXml(element('ack', { status: '0' })),
  closed: ({ client }) => console.log(`${client} has gone`),
});

await using client = await RemoteClient.connect({
  host,
  port: Number(port),
  key: await readKeyFile(keyFile),
  isIpcProvider: true,
  onEvent: tools.onEvent,
});
tools.attach(client);
process.once('SIGINT', () => client.close());
console.log((await client.closed).message);
