import type { Ability } from '../../../src/conformance/check.ts';
import type { FileMark, Place, SeenFile, SeenProcess, Traces } from '../../../src/conformance/place.ts';

const ALL_ABILITIES: readonly Ability[] = [
  'processes',
  'environment',
  'traces',
  'private',
  'users',
  'answers',
];

/** What a command answers that a check runs in the place. */
export type ShellAnswer = { readonly code: number; readonly output: string };

/** A place in which nothing runs: what a check is to see there is put in, what it does there is written down. */
export class FakePlace implements Place {
  readonly abilities: ReadonlySet<Ability>;
  readonly scratch = '/scratch';
  /** What `processes` shows. */
  seen: SeenProcess[] = [];
  /** What `changedFiles` shows. */
  files: SeenFile[] = [];
  /** What `traces` shows. */
  left: Traces = { listeners: [], mounts: [], ipc: [] };
  /** What `toolCalls` shows. */
  tools: string[] = [];
  /** Answers of `sh`. */
  shell: (command: string) => ShellAnswer | Promise<ShellAnswer> = () => ({ code: 0, output: '' });
  /** Called for each signal; by default the processes that get SIGKILL or SIGTERM are gone. */
  onSignal: (processes: readonly SeenProcess[], signal: NodeJS.Signals) => void = (processes, signal) => {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') {
      const pids = new Set(processes.map(({ pid }) => pid));
      this.seen = this.seen.filter(({ pid }) => !pids.has(pid));
    }
  };
  /** What was done here, in order: `sh …`, `hide …`, `restore`, `fill …`, `signal SIGKILL 12 13`. */
  readonly done: string[] = [];
  #lastPid = 100;
  #lastMark = 0;

  constructor(abilities: readonly Ability[] = ALL_ABILITIES) {
    this.abilities = new Set(abilities);
  }

  /** Makes a process that is seen from now on. */
  appear(command: string, changes: Partial<SeenProcess> = {}): SeenProcess {
    this.#lastPid += 1;
    const pid = this.#lastPid;
    const made = {
      pid,
      parent: 1,
      group: pid,
      session: pid,
      state: 'S',
      command,
      startTicks: pid * 10,
      ...changes,
    };
    this.seen.push(made);
    return made;
  }

  async processes(): Promise<readonly SeenProcess[]> {
    return [...this.seen];
  }

  async signal(processes: readonly SeenProcess[], signal: NodeJS.Signals): Promise<void> {
    this.done.push(`signal ${signal} ${processes.map(({ pid }) => pid).join(' ')}`);
    this.onSignal(processes, signal);
  }

  async changedFiles(): Promise<readonly SeenFile[]> {
    return [...this.files];
  }

  async markFiles(): Promise<FileMark> {
    this.#lastMark += 1;
    return { id: this.#lastMark };
  }

  async traces(): Promise<Traces> {
    return this.left;
  }

  async hide(paths: readonly string[]): Promise<void> {
    this.done.push(`hide ${paths.join(' ')}`);
  }

  async restore(): Promise<void> {
    this.done.push('restore');
  }

  async fill(directory: string): Promise<void> {
    this.done.push(`fill ${directory}`);
  }

  async sh(command: string): Promise<ShellAnswer> {
    this.done.push(`sh ${command}`);
    return this.shell(command);
  }

  async bystander(words: readonly string[]): Promise<SeenProcess> {
    return this.appear(words.join(' '));
  }

  async toolCalls(): Promise<readonly string[]> {
    return [...this.tools];
  }
}
