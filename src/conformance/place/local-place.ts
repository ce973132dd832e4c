import type { CallingPlace } from '../calls/caller-for.ts';
import type { Ability } from '../check.ts';
import type { FileMark, Place, SeenFile, SeenProcess, Traces } from '../place.ts';
import { fakeToolCalls } from '../tools/install.ts';
import { startBystander } from './bystander.ts';
import type { Faults } from './faults.ts';
import type { FileWatch } from './file-watch.ts';
import type { Members } from './members.ts';
import { signalAll } from './process-table.ts';
import { runShell } from './shell.ts';
import { beyond, readTraces } from './traces.ts';

const SHELL_LIMIT_MS = 60_000;

/** What a place on this machine consists of. */
export interface LocalParts {
  readonly abilities: ReadonlySet<Ability>;
  readonly scratch: string;
  /** What programs inherit here. */
  readonly base: Readonly<Record<string, string>>;
  readonly members: Members;
  readonly files: FileWatch;
  /** Undefined where nothing may be broken. */
  readonly faults?: Faults;
  /** Folder of the fake cluster tools; undefined where the real ones are used. */
  readonly tools?: string;
}

/** A place on the machine that this process runs on: a sandbox, or the machine itself. */
export class LocalPlace implements Place, CallingPlace {
  readonly abilities: ReadonlySet<Ability>;
  readonly scratch: string;
  /** What agents inherit. */
  readonly base: Readonly<Record<string, string>>;
  readonly isAlone: boolean;
  readonly hasUsers: boolean;
  readonly tools?: string;
  readonly #parts: LocalParts;
  #firstTraces: Traces = { listeners: [], mounts: [], ipc: [] };
  readonly #bystanders: SeenProcess[] = [];

  constructor(parts: LocalParts) {
    this.#parts = parts;
    this.abilities = parts.abilities;
    this.scratch = parts.scratch;
    this.base = parts.base;
    this.isAlone = parts.abilities.has('private');
    this.hasUsers = parts.abilities.has('users');
    if (parts.tools !== undefined) {
      this.tools = parts.tools;
    }
  }

  /** From now on sockets, mounts and the like are the check's doing. */
  async begin(): Promise<void> {
    this.#firstTraces = await readTraces();
  }

  /** Ends what must not outlive the check. */
  async end(): Promise<void> {
    await signalAll(this.#bystanders, 'SIGKILL');
    await this.#parts.faults?.restore();
  }

  processes(): Promise<readonly SeenProcess[]> {
    return this.#parts.members.list();
  }

  signal(processes: readonly SeenProcess[], signal: NodeJS.Signals): Promise<void> {
    return signalAll(processes, signal);
  }

  changedFiles(since: FileMark): Promise<readonly SeenFile[]> {
    return this.#parts.files.since(since);
  }

  markFiles(): Promise<FileMark> {
    return this.#parts.files.mark();
  }

  async traces(): Promise<Traces> {
    const now = await readTraces();
    return {
      listeners: beyond(now.listeners, this.#firstTraces.listeners),
      mounts: beyond(now.mounts, this.#firstTraces.mounts),
      ipc: beyond(now.ipc, this.#firstTraces.ipc),
    };
  }

  hide(paths: readonly string[]): Promise<void> {
    return this.#needFaults().hide(paths);
  }

  async restore(): Promise<void> {
    await this.#parts.faults?.restore();
  }

  fill(directory: string): Promise<void> {
    return this.#needFaults().fill(directory);
  }

  sh(
    command: string,
    timeoutMs = SHELL_LIMIT_MS,
  ): Promise<{ readonly code: number; readonly output: string }> {
    return runShell(command, this.base, timeoutMs);
  }

  async bystander(words: readonly string[], { port }: { readonly port?: number } = {}): Promise<SeenProcess> {
    const seen = await startBystander(words, this.base, port);
    this.#bystanders.push(seen);
    return seen;
  }

  async toolCalls(): Promise<readonly string[]> {
    if (this.#parts.tools === undefined) {
      throw new Error('Expected fakes of the cluster tools: nobody knows what the real ones were asked');
    }
    return fakeToolCalls(this.#parts.tools);
  }

  #needFaults(): Faults {
    if (this.#parts.faults === undefined) {
      throw new Error('Expected a sandbox: nothing is hidden or filled on the machine itself');
    }
    return this.#parts.faults;
  }
}
