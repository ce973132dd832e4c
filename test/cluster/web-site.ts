import { existsSync, readFileSync } from 'node:fs';
import { run } from './command.ts';
import { Guest } from './guest.ts';
import type { Testbed } from './testbed.ts';
import { until } from './wait.ts';

const APACHE = 'apache2';

/** A monitor runs every 2 s; a busy machine is late. */
const REQUEST_SECONDS = 30;

/** A bundle of examples/apache with one replica, as the cluster runs it. */
export class WebSite {
  readonly id: string;
  /** The primitive. */
  readonly rsc: string;
  readonly guest: Guest;
  readonly address: string;
  private readonly testbed: Testbed;

  constructor(testbed: Testbed, id: string, address: string) {
    this.testbed = testbed;
    this.id = id;
    this.rsc = `${id}-server`;
    this.guest = new Guest(testbed, id, 0);
    this.address = address;
  }

  /** Asks for its page from the host outside the cluster. */
  async mustServe(): Promise<void> {
    const page = await this.testbed.on('lab', 'curl', '-sS', '-m', '5', `http://${this.address}/`);
    if (!page.includes('page served')) {
      throw new Error(`Expected the page of ${this.id}, got: ${page}`);
    }
  }

  /** Its processes of Apache; the main process, which has started the others, is the first. */
  async apache(): Promise<readonly number[]> {
    const pids = await this.guest.processes(APACHE);
    const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
    const isMain = (pid: number): boolean => !pids.includes(parents.get(pid) ?? 0);
    return [...pids.filter(isMain), ...pids.filter((pid) => !isMain(pid))];
  }

  /** Until another request of a monitor is in Apache's log: the next comes an interval later. */
  async nextMonitor(): Promise<void> {
    const file = await this.accessLog();
    const before = requestsIn(file);
    const { signal } = this.testbed;
    const wait = { what: `a monitor's request to ${this.id}`, seconds: REQUEST_SECONDS, signal, stepMs: 20 };
    await until(wait, () => (requestsIn(file) > before ? true : undefined));
  }

  /** How many processes and threads its container makes from a monitor on, while so many more run; the asking one left out. */
  async processesDuring(monitors: number): Promise<number> {
    const [pid] = await this.apache();
    await this.nextMonitor();
    const before = await lastProcess(pid);
    for (let count = 0; count < monitors; count++) {
      await this.nextMonitor();
    }
    return (await lastProcess(pid)) - before - 1;
  }

  /** Its folder is the node's: the cluster mounts /var/log. */
  private async accessLog(): Promise<string> {
    const host = await this.guest.host();
    const logs = `${this.testbed.hostsFolder}/${host}/data/var/log/pacemaker/bundles/${this.guest.name}`;
    return `${logs}/apache2/access.log`;
  }
}

const requestsIn = (file: string): number =>
  existsSync(file) ? readFileSync(file, 'utf8').split('GET /server-status').length - 1 : 0;

const parentOf = (pid: number): number =>
  Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** The number that was given last in the process namespace of a process: the asking one's. */
async function lastProcess(pid: number | undefined): Promise<number> {
  const { stdout } = await run('nsenter', ['--target', String(pid), '--pid', 'cat', '/proc/loadavg']);
  return Number(stdout.trim().split(' ').at(-1));
}
