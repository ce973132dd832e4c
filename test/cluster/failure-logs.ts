import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { Bench } from './bench.ts';

const TAIL_LINES = 12;

/** Keeps the logs of a failed step where they can be read after the test bed has gone, and shows their ends. */
export async function keepLogs(bench: Bench, stepName: string): Promise<void> {
  const { agent, agentLogs, repository, testbed } = bench;
  const slug = stepName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 50);
  const folder = `${repository}/build/cluster-logs/${agent.name}/${slug}`;
  mkdirSync(folder, { recursive: true });
  if (existsSync(testbed.hostsFolder)) {
    for (const host of readdirSync(testbed.hostsFolder)) {
      const logs = `${testbed.hostsFolder}/${host}/data/var/log`;
      if (existsSync(logs)) {
        cpSync(logs, `${folder}/${host}`, {
          recursive: true,
          filter: (source) => !source.includes('/lastlog'),
        });
      }
    }
    const status = await testbed.tryOn('node1', 'crm_mon', '-1', '-f', '-r');
    writeFileSync(`${folder}/crm_mon.txt`, status.all);
    show('cluster', status.all, 40);
  }
  await agentLogs.read();
  agentLogs.write(folder);
  for (const [name, text] of agentLogs.texts) {
    show(name, text, TAIL_LINES);
  }
  console.log(`       logs kept in ${folder}`);
}

function show(name: string, text: string, lines: number): void {
  const tail = text.trimEnd().split('\n').slice(-lines);
  console.log(`       --- ${name}`);
  for (const line of tail) {
    console.log(`       | ${line.slice(0, 300)}`);
  }
}
