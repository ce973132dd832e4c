import type { CommandResult } from './command.ts';
import { processesIn } from './container-processes.ts';
import type { Testbed } from './testbed.ts';
import { until } from './wait.ts';

export type Role = 'Promoted' | 'Unpromoted' | 'Started';

/** One replica of any bundle: where it is, and its container. */
export class Guest {
  /** The name that the cluster has for it as a node. */
  readonly name: string;
  readonly container: string;
  private readonly testbed: Testbed;

  constructor(testbed: Testbed, bundle: string, replica: number) {
    this.testbed = testbed;
    this.name = `${bundle}-${replica}`;
    this.container = `${bundle}-podman-${replica}`;
  }

  /** What the cluster's status says of it; undefined while it is nowhere, or on its way. */
  async status(): Promise<{ readonly role: Role; readonly host: string } | undefined> {
    const text = await this.testbed.on('node1', 'crm_mon', '-1');
    const pattern = new RegExp(
      `\\* ${this.name}[ \\t].*\\t (Promoted|Unpromoted|Started) (node\\d)( \\(Monitoring\\))?$`,
      'm',
    );
    const [, role, host] = pattern.exec(text) ?? [];
    return host === undefined ? undefined : { role: role as Role, host };
  }

  /** The cluster node that its container runs on. */
  async host(): Promise<string> {
    const status = await this.status();
    if (status === undefined) {
      throw new Error(
        `Expected ${this.name} to run somewhere\n${await this.testbed.on('node1', 'crm_mon', '-1')}`,
      );
    }
    return status.host;
  }

  async waitRole(role: Role, seconds: number): Promise<void> {
    const { signal } = this.testbed;
    await until({ what: `${this.name} to be ${role}`, seconds, signal, stepMs: 200 }, async () =>
      (await this.status())?.role === role ? true : undefined,
    );
  }

  /** Runs a command in the container; throws on a bad exit code. */
  async run(...command: string[]): Promise<string> {
    return this.testbed.on(await this.host(), 'podman', 'exec', this.container, ...command);
  }

  /** Runs a command in the container that may fail. */
  async try(...command: string[]): Promise<CommandResult> {
    return this.testbed.tryOn(await this.host(), 'podman', 'exec', this.container, ...command);
  }

  /** Those of its processes that run a program, as the machine numbers them. */
  async processes(program: string): Promise<number[]> {
    const [id = ''] = (await this.identity()).split(' ');
    return processesIn(this.testbed.controlGroup(await this.host(), id), program);
  }

  /** The container's id and the time of its start: both change when it is replaced. */
  async identity(): Promise<string> {
    const format = '{{.Id}} {{.State.StartedAt}}';
    return (
      await this.testbed.on(await this.host(), 'podman', 'inspect', this.container, '--format', format)
    ).trim();
  }
}
