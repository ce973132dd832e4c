import { unitName } from '../../../standards/systemd/unit-name.ts';
import { shellWord } from '../../shell-words.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';

export const OK: readonly number[] = [0];
/** Of a monitor, where nothing runs. */
export const STOPPED: readonly number[] = [7];

/** Where the control groups of services are: version 2, and beside version 1. */
const GROUP_ROOTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'];
/** Processes in a message. */
const NAMED_LIMIT = 5;

/** The unit that is checked, as systemd shows it. */
export class Unit {
  readonly name: string;
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.name = unitName(trial.subject.type);
  }

  get isService(): boolean {
    return this.name.endsWith('.service');
  }

  /** Properties by their names, as `systemctl show` prints them; one that the unit does not have is empty. */
  async show<Name extends string>(...names: readonly Name[]): Promise<Readonly<Record<Name, string>>> {
    return this.showOf(this.name, ...names);
  }

  /** The same of another unit. */
  async showOf<Name extends string>(
    unit: string,
    ...names: readonly Name[]
  ): Promise<Readonly<Record<Name, string>>> {
    const { code, output } = await this.systemctl(`show --property=${names.join(',')} -- ${shellWord(unit)}`);
    if (code !== 0) {
      throw new Error(`Expected systemctl to show ${unit}, got ${code}: ${output.trim()}`);
    }
    const lines = output.split('\n');
    const value = (name: string): string =>
      lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
    return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, string>;
  }

  systemctl(words: string): ReturnType<Trial['place']['sh']> {
    return this.#trial.place.sh(`systemctl --no-pager ${words}`);
  }

  /** Everything alive in a control group, and below it: `17 (sleep 60)`. */
  async processesIn(group: string): Promise<readonly string[]> {
    if (group === '') {
      return [];
    }
    const folders = GROUP_ROOTS.map((root) => shellWord(`${root}${group}`)).join(' ');
    const { output } = await this.#trial.place.sh(
      `find ${folders} -name cgroup.procs -exec cat {} + 2>/dev/null | sort -nu | while read -r pid; do
  printf '%s (%s)\\n' "$pid" "$(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | sed 's/ $//')"
done`,
    );
    return output.split('\n').filter((line) => line !== '' && !line.endsWith(' ()'));
  }

  /** As a crash of the service: SIGKILL to its main process, where systemd knows none to all of them; or as the cases say. */
  async crash(): Promise<void> {
    const { crash } = this.#trial.subject.cases;
    const { MainPID, ControlGroup } = await this.show('MainPID', 'ControlGroup');
    const hasMain = MainPID !== '' && MainPID !== '0';
    if (crash === undefined && !hasMain && (await this.processesIn(ControlGroup)).length === 0) {
      this.#trial.skip('It has no processes of its own');
    }
    const kill = hasMain
      ? `kill -KILL ${MainPID}`
      : `systemctl kill --signal=KILL -- ${shellWord(this.name)}`;
    const { code, output } = await this.#trial.place.sh(crash ?? kill);
    if (code !== 0) {
      this.#trial.skip(`What makes it crash failed with ${code}: ${output.trim().slice(-500)}`);
    }
  }
}

/** Stops it, and has systemd forget how often it was started: other checks have done that. */
export async function fromStopped(trial: Trial): Promise<Unit> {
  const unit = new Unit(trial);
  const stop = await trial.run('stop');
  if (stop.rc !== 0) {
    trial.skip(`It can't be stopped first: stop gave ${describeEnd(stop)}`);
  }
  if (trial.place.abilities.has('processes')) {
    await unit.systemctl(`reset-failed -- ${shellWord(unit.name)}`);
  }
  return unit;
}

/** Starts it, or ends the check: that start fails is for SD-02. */
export async function started(trial: Trial): Promise<Unit> {
  const unit = await fromStopped(trial);
  const start = await trial.run('start');
  if (start.rc !== 0) {
    trial.skip(`It does not start: start gave ${describeEnd(start)}`);
  }
  return unit;
}

/** Processes for people. */
export function describe(processes: readonly string[]): string {
  const more = processes.length - NAMED_LIMIT;
  return `${processes.slice(0, NAMED_LIMIT).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
