import { inspect } from 'node:util';
import type { InProcessSettings } from '../config/in-process-options.ts';
import type { Clock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { InProcess } from '../process/in-process/in-process.ts';
import { withOwnAgents } from '../process/own-agent-gate.ts';
import { AGENTS, ownAgentsAt } from '../process/own-agents.ts';
import { ownFolder } from '../process/own-place.ts';
import type { RunnerAccess } from '../process/runner.ts';
import { EXIT } from './exit-codes.ts';

/** Our own agents, which the daemon may run without a process. */
export class OwnAgents {
  readonly #settings: InProcessSettings;
  readonly #clock: Clock;
  readonly #programs: RunnerAccess;
  #loading: Promise<InProcess> | undefined;

  constructor(settings: InProcessSettings, clock: Clock, programs: RunnerAccess) {
    this.#settings = settings;
    this.#clock = clock;
    this.#programs = programs;
    noteUnknown(settings.except);
  }

  /** What runs agents. Nothing of ours is loaded before the first action of one of ours. */
  runner(): RunnerAccess {
    const { isOn, except } = this.#settings;
    if (!isOn) {
      return this.#programs;
    }
    const names = new Set(except);
    return withOwnAgents(
      this.#programs,
      () => this.#load(),
      ({ path }) =>
        !ownAgentsAt(path).some(({ provider, name }) => names.has(name) || names.has(`${provider}:${name}`)),
    );
  }

  /** Aborts what runs in here; resolves within a grace. */
  async close(): Promise<void> {
    await (await this.#loading)?.close();
  }

  #load(): Promise<InProcess> {
    this.#loading ??= start(this.#clock, this.#programs);
    return this.#loading;
  }
}

/** A name that means nothing would leave in here what somebody wants to have out. */
function noteUnknown(except: readonly string[]): void {
  const known = new Set(AGENTS.flatMap(({ provider, name }) => [name, `${provider}:${name}`]));
  for (const name of except.filter((one) => !known.has(one))) {
    emit('daemon.note', {
      setting: 'BUNDLET_IN_PROCESS_EXCEPT',
      problem: `Expected names among ${[...known].sort().join(', ')}, got "${name}"; it has no effect`,
    });
  }
}

async function start(clock: Clock, programs: RunnerAccess): Promise<InProcess> {
  const [{ InProcess }, { loadAgent }] = await Promise.all([
    import('../process/in-process/in-process.ts'),
    import('../process/in-process/load-agent.ts'),
  ]);
  const folder = ownFolder();
  const load = (name: string) => loadAgent(folder, name);
  const inside = new InProcess({ clock, runner: programs, folder, load });
  process.on('uncaughtException', (error: unknown) => {
    if (!inside.claimFault(error)) {
      endAs(error);
    }
  });
  return inside;
}

/** As Node ends for an error that nobody catches: a fault of the daemon ends it, and init starts it again. */
function endAs(error: unknown): never {
  process.stderr.write(`Uncaught:\n${inspect(error)}\n\nNode.js ${process.version}\n`);
  process.exit(EXIT.error);
}
