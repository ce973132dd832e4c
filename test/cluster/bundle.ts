import { processesIn } from './container-processes.ts';
import type { Testbed } from './testbed.ts';
import { until } from './wait.ts';

export const replicas = [0, 1] as const;
export type Replica = (typeof replicas)[number];

export const guestOf = (replica: Replica): string => `httpd-bundle-${replica}`;
export const containerOf = (replica: Replica): string => `httpd-bundle-podman-${replica}`;
const addressOf = (replica: Replica): string => `10.77.0.10${replica + 1}`;

/** The bundle of `cib/httpd-bundle.xml`: two replicas of Apache. */
export class HttpdBundle {
  private readonly testbed: Testbed;

  constructor(testbed: Testbed) {
    this.testbed = testbed;
  }

  /** The cluster node a replica is active on. */
  async hostOf(replica: Replica): Promise<string> {
    const text = await this.testbed.on('node1', 'crm_mon', '-1');
    const host = new RegExp(`${guestOf(replica)} .*Started (\\S+)`).exec(text)?.[1];
    if (host === undefined) {
      throw new Error(`Expected ${guestOf(replica)} to be Started\n${text}`);
    }
    return host;
  }

  /** Until both replicas are Started; `node` is a pattern for where. */
  async waitStarted(node = 'node.', seconds = 90): Promise<void> {
    await this.testbed.wait(
      `test $(crm_mon -1 | grep -cE 'httpd-bundle-[01] .*Started ${node}( .Monitoring.)?$') = 2`,
      seconds,
    );
  }

  async waitGuestsOnline(seconds: number): Promise<void> {
    const online = 'GuestOnline: \\[ httpd-bundle-0 httpd-bundle-1 \\]';
    await this.testbed.wait(`crm_mon -1 | grep -q '${online}'`, seconds);
  }

  /** Asks both replicas' addresses for their page, from the host outside the cluster. */
  async mustServe(): Promise<void> {
    for (const replica of replicas) {
      const url = `http://${addressOf(replica)}/`;
      const page = await this.testbed.on('lab', 'curl', '-sS', '-m', '5', url);
      if (!page.includes('page served')) {
        throw new Error(`Expected the page of ${url}, got: ${page}`);
      }
    }
  }

  /** The container's id and the time of its start: both change when it is replaced. */
  async identity(replica: Replica): Promise<{ readonly id: string; readonly text: string }> {
    const format = '{{.Id}} {{.State.StartedAt}}';
    const text = await this.inspect(replica, format);
    const [id = ''] = text.split(' ');
    return { id, text };
  }

  private async inspect(replica: Replica, format: string): Promise<string> {
    const host = await this.hostOf(replica);
    return (
      await this.testbed.on(host, 'podman', 'inspect', containerOf(replica), '--format', format)
    ).trim();
  }

  /** Kills every Apache process of a replica at once and returns when that was. */
  async killApache(replica: Replica): Promise<number> {
    const { id } = await this.identity(replica);
    const group = this.testbed.controlGroup(await this.hostOf(replica), id);
    const { signal } = this.testbed;
    // Look again: the agent may just have been starting one.
    const victims = await until({ what: 'Apache processes in the container', seconds: 5, signal }, () => {
      const found = processesIn(group, 'apache2');
      return found.length > 0 ? found : undefined;
    });
    const killedMs = Date.now();
    for (const pid of victims) {
      process.kill(pid, 'SIGKILL');
    }
    return killedMs;
  }

  async failCount(replica: Replica): Promise<number> {
    const text = await this.testbed.on('node1', 'crm_mon', '-1', '-f');
    const found = new RegExp(`Node: ${guestOf(replica)}[^\\n]*\\n[^\\n]*fail-count=(\\d+)`).exec(text);
    return Number(found?.[1] ?? 0);
  }

  async waitFailCount(replica: Replica, count: number, seconds: number): Promise<void> {
    const { signal } = this.testbed;
    const what = `fail-count ${count} of ${guestOf(replica)}`;
    await until({ what, seconds, signal }, async () =>
      (await this.failCount(replica)) === count ? true : undefined,
    );
  }
}
