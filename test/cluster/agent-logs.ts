import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { LOG_FILE, REFERENCE } from './agents.ts';
import type { Testbed } from './testbed.ts';

/** A line of `podman ps`; the C daemon's containers beside ours are none of the agent's. */
const isAgents = (line: string): boolean => line !== '' && !line.startsWith(REFERENCE);

/** What the agent under test wrote, by container. A container takes its log with it: so it is read after each step. */
export class AgentLogs {
  readonly texts = new Map<string, string>();
  private readonly testbed: Testbed;

  constructor(testbed: Testbed) {
    this.testbed = testbed;
  }

  async read(): Promise<void> {
    for (const host of this.hosts()) {
      const file = `${this.testbed.hostsFolder}/${host}/daemon.log`;
      if (existsSync(file)) {
        this.texts.set(host, readFileSync(file, 'utf8'));
      } else if (host.startsWith('node')) {
        await this.readContainers(host);
        this.readFiles(host);
      }
    }
  }

  write(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of this.texts) {
      writeFileSync(`${folder}/${name}.log`, text);
    }
  }

  /** A host that has crashed has no containers: nothing to read is no error here. */
  private async readContainers(host: string): Promise<void> {
    const list = await this.testbed.tryOn(host, 'podman', 'ps', '-a', '--format', '{{.Names}} {{.ID}}');
    const containers = list.exitCode === 0 ? list.stdout.split('\n').filter(isAgents) : [];
    for (const container of containers) {
      const [name = '', id = ''] = container.split(' ');
      const logs = await this.testbed.tryOn(host, 'podman', 'logs', id);
      if (logs.exitCode === 0) {
        this.texts.set(`${name}-${id}`, logs.all);
      }
    }
  }

  /** What the replicas of this node wrote into their /var/log, over all of their containers. */
  private readFiles(host: string): void {
    const folder = `${this.testbed.hostsFolder}/${host}/data/var/log/pacemaker/bundles`;
    for (const replica of existsSync(folder) ? readdirSync(folder) : []) {
      const file = `${folder}/${replica}/${LOG_FILE}`;
      if (existsSync(file)) {
        this.texts.set(`${host}-${replica}`, readFileSync(file, 'utf8'));
      }
    }
  }

  private hosts(): string[] {
    const folder = this.testbed.hostsFolder;
    return existsSync(folder) ? readdirSync(folder) : [];
  }
}
