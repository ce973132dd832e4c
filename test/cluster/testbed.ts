import { existsSync } from 'node:fs';
import { type CommandResult, run } from './command.ts';

export interface TestbedSettings {
  /** Folder of the test bed's scripts. */
  readonly folder: string;
  readonly name: string;
  readonly home: string;
  readonly signal: AbortSignal;
  /** IMAGE, RUN_COMMAND and so on, for `load`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Feed {
  readonly input: string;
  readonly timeoutMs: number;
}

const CONTROL_GROUPS = '/sys/fs/cgroup';

/** The script `testbed`, as functions. */
export class Testbed {
  readonly folder: string;
  readonly name: string;
  /** One folder a host; logs are below `data/var/log`. */
  readonly hostsFolder: string;
  readonly signal: AbortSignal;
  readonly settings: TestbedSettings;
  readonly env: Readonly<Record<string, string>>;

  constructor(settings: TestbedSettings) {
    this.settings = settings;
    this.folder = settings.folder;
    this.name = settings.name;
    this.hostsFolder = `${settings.home}/run/${settings.name}/hosts`;
    this.signal = settings.signal;
    this.env = { ...settings.env, TESTBED_NAME: settings.name, TESTBED_HOME: settings.home };
  }

  /** Any command of the script; throws on a bad exit code. */
  async command(...args: string[]): Promise<string> {
    const result = await this.try(...args);
    if (result.exitCode !== 0) {
      throw new Error(`testbed ${args.join(' ')}: exit code ${result.exitCode}\n${result.all}`);
    }
    return result.stdout;
  }

  /** Runs a command on a host; throws on a bad exit code. */
  on(host: string, ...command: string[]): Promise<string> {
    return this.command('exec', host, ...command);
  }

  /** Runs a command on a host that may fail. */
  tryOn(host: string, ...command: string[]): Promise<CommandResult> {
    return this.try('exec', host, ...command);
  }

  /** Runs a command on a host with something on its standard input; throws on a bad exit code. */
  async feed(host: string, command: readonly string[], options: Feed): Promise<string> {
    const { env, signal } = this;
    const result = await run(`${this.folder}/testbed`, ['exec', host, ...command], {
      env,
      signal,
      ...options,
    });
    if (result.exitCode !== 0) {
      throw new Error(`${command.join(' ')} on ${host}: exit code ${result.exitCode}\n${result.all}`);
    }
    return result.stdout;
  }

  /** Until a shell condition holds on node1. */
  async wait(condition: string, seconds: number): Promise<void> {
    await this.command('wait', condition, String(seconds));
  }

  /** Until the cluster has nothing more to do. */
  async settle(): Promise<void> {
    await this.on('node1', 'crm_resource', '--wait', '-T', '120');
  }

  load(file: string): Promise<string> {
    return this.command('load', `${this.folder}/cib/${file}`);
  }

  /** Loads a file of ours, with variables of its own beside the bed's. */
  async loadWith(path: string, variables: Readonly<Record<string, string>>): Promise<void> {
    const env = { ...this.env, ...variables };
    const result = await run(`${this.folder}/testbed`, ['load', path], { env, signal: this.signal });
    if (result.exitCode !== 0) {
      throw new Error(`testbed load ${path}: exit code ${result.exitCode}\n${result.all}`);
    }
  }

  /** Ends everything, also after Ctrl-C: so without the signal. */
  async down(): Promise<void> {
    const result = await run(`${this.folder}/testbed`, ['down'], { env: this.env });
    if (result.exitCode !== 0) {
      throw new Error(`testbed down: ${result.all}`);
    }
  }

  /** Where the kernel lists this host's processes; the container's own folder when `containerId` is given. */
  controlGroup(host: string, containerId?: string): string {
    const group = `${CONTROL_GROUPS}/pids/testbed-${this.name}/${host}`;
    return containerId === undefined ? group : `${group}/libpod_parent/libpod-${containerId}`;
  }

  /** False once `down` has ended every process: a control group with a process in it cannot be removed. */
  somethingLeft(): boolean {
    return existsSync(`${CONTROL_GROUPS}/pids/testbed-${this.name}`) || existsSync(this.hostsFolder);
  }

  /** Any command of the script that may fail. */
  try(...args: string[]): Promise<CommandResult> {
    return run(`${this.folder}/testbed`, args, { env: this.env, signal: this.signal });
  }
}
