import type { Testbed } from './testbed.ts';

/** A remote node of the test bed on which systemd runs beside the daemon (`systemd-host/boot.sh`). */
export class SystemdHost {
  private readonly testbed: Testbed;
  private readonly host: string;

  constructor(testbed: Testbed, host: string) {
    this.testbed = testbed;
    this.host = host;
  }

  /** Resolves when the daemon listens. */
  async boot(script: string, daemon: readonly string[]): Promise<void> {
    await this.testbed.command('remote', this.host, script, ...daemon);
  }

  /** `active`, `inactive`, `failed` … */
  state(unit: string): Promise<string> {
    return this.property(unit, 'ActiveState');
  }

  async property(unit: string, name: string): Promise<string> {
    return (await this.inside('systemctl', 'show', '--value', '--property', name, unit)).trim();
  }

  async exists(path: string): Promise<boolean> {
    const text = await this.inside('sh', '-c', '[ ! -e "$1" ] || echo there', 'sh', path);
    return text.trim() === 'there';
  }

  /** A service's main process, as the host numbers it. */
  async pidOf(unit: string): Promise<string> {
    return this.outer(await this.property(unit, 'MainPID'));
  }

  /** The process whose id is in a file, as the host numbers it. */
  async pidIn(file: string): Promise<string> {
    return this.outer((await this.inside('cat', file)).trim());
  }

  /** systemd has a process namespace of its own below the host's. */
  private async outer(innerPid: string): Promise<string> {
    const find = `awk -v inner="$1" '/^NSpid:/ && NF >= 3 && $NF == inner { print $(NF - 1) }' /proc/[0-9]*/status`;
    const found = (
      await this.testbed.on(this.host, 'sh', '-c', `${find} 2>/dev/null`, 'sh', innerPid)
    ).trim();
    if (!/^\d+$/.test(found)) {
      throw new Error(`Expected one process ${innerPid} of systemd's on ${this.host}, got '${found}'`);
    }
    return found;
  }

  /** Runs a command beside systemd. */
  private inside(...command: string[]): Promise<string> {
    // The oldest: each user's manager would be another.
    const enter = 'exec nsenter -t "$(pgrep -o -x systemd)" --pid --mount --cgroup -- "$@"';
    return this.testbed.on(this.host, 'sh', '-c', enter, 'sh', ...command);
  }
}
