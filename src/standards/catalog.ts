import { join } from 'node:path';
import { AgentError } from '../errors/agent-error.ts';
import type { YieldingAgents } from '../process/own-place.ts';
import type { Action, ActionRunner, ResourceSpec } from './action.ts';
import { STATUS } from './result.ts';

export interface CatalogOptions {
  /** Where OCF lives, as for `OcfRunner`. */
  readonly ocfRoot: string;
  /** As for `OcfRunner`. Default: none. */
  readonly yielding?: YieldingAgents;
  /** Where init scripts lie. Default of the product: `/etc/init.d`. */
  readonly lsbDirectory: string;
  readonly systemd: { agents(): Promise<readonly string[]> };
  /** Runs the action `meta-data` of every class. */
  readonly runner: ActionRunner;
}

/** How long an agent may take for its metadata unless told otherwise, in ms [OCF-1.1, meta-data]. */
const METADATA_LIMIT_MS = 30_000;

/**
 * Which agents there are and what they say of themselves: what Pacemaker's client library looks up on its own machine
 * instead of asking the daemon [protocol 4.1]. Lists are sorted and without doubles; what can't be read is not there.
 */
export class Catalog {
  readonly #options: CatalogOptions;

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  /** Classes whose resources can run here; `systemd` only where it answers. */
  async listStandards(): Promise<readonly string[]> {
    const units = await this.#units();
    return ['lsb', 'ocf', 'service', ...(units.length === 0 ? [] : ['systemd'])];
  }

  /** Providers of OCF agents; other classes have none. */
  async listProviders(standard: string): Promise<readonly string[]> {
    return standard.toLowerCase() === 'ocf'
      ? sorted((await Promise.all(this.#ocfFolders().map((folder) => entries(folder, isFolder)))).flat())
      : [];
  }

  /** Agents of a class; of class ocf those of one provider, or of all. */
  async listAgents(standard: string, provider?: string): Promise<readonly string[]> {
    switch (standard.toLowerCase()) {
      case 'ocf':
        return this.#ocfAgents(provider);
      case 'lsb':
        return this.#scripts();
      case 'systemd':
        return this.#units();
      case 'service':
        return sorted([...(await this.#scripts()), ...(await this.#units())]);
      default:
        return [];
    }
  }

  /**
   * Metadata of an agent, XML.
   * @param timeoutMs how long it may take; default: 30 s
   * @throws AgentError METADATA_UNAVAILABLE
   */
  metadata(spec: Omit<ResourceSpec, 'id'>, timeoutMs = METADATA_LIMIT_MS): Promise<string> {
    const agent = [spec.class, spec.provider, spec.type].filter((part) => part !== undefined).join(':');
    if (spec.class.toLowerCase() === 'stonith') {
      const message = `Expected an agent of class ocf, lsb, systemd or service, got ${agent}; fence agents run on cluster nodes`;
      return Promise.reject(new AgentError('METADATA_UNAVAILABLE', message));
    }
    const action: Action = {
      rsc: { ...spec, id: spec.type },
      name: 'meta-data',
      intervalMs: 0,
      timeoutMs,
      parameters: new Map(),
    };
    return new Promise((resolve, reject) => {
      this.#options.runner.run(action, ({ rc, status, output, exitReason }) => {
        if (rc === 0 && status === STATUS.done && output !== undefined) {
          resolve(output);
        } else {
          const cause = exitReason ?? output ?? 'it printed nothing';
          const message = `Expected metadata of ${agent}, got result ${rc}, status ${status}: ${cause}`;
          reject(new AgentError('METADATA_UNAVAILABLE', message, { details: { rc, status } }));
        }
      });
    });
  }

  async #ocfAgents(provider: string | undefined): Promise<readonly string[]> {
    const providers = await this.listProviders('ocf');
    const wanted = provider === undefined ? providers : providers.filter((name) => name === provider);
    const folders = this.#ocfFolders().flatMap((folder) => wanted.map((name) => join(folder, name)));
    return sorted((await Promise.all(folders.map((folder) => entries(folder, isProgram)))).flat());
  }

  /** The system's, and that of agents which yield to it. */
  #ocfFolders(): readonly string[] {
    const { ocfRoot, yielding } = this.#options;
    return [join(ocfRoot, 'resource.d'), ...(yielding === undefined ? [] : [yielding.folder])];
  }

  #scripts(): Promise<readonly string[]> {
    return entries(this.#options.lsbDirectory, isProgram);
  }

  /** None where there is no systemd. */
  async #units(): Promise<readonly string[]> {
    try {
      return await this.#options.systemd.agents();
    } catch (error) {
      if (error instanceof AgentError) {
        return [];
      }
      throw error;
    }
  }
}

type Filter = (mode: number) => boolean;

// As stat(2) numbers them.
const TYPE = 0o170000;
const isFolder: Filter = (mode) => (mode & TYPE) === 0o040000;
const isProgram: Filter = (mode) => (mode & TYPE) === 0o100000 && (mode & 0o111) !== 0;

/** Names in a directory that are of a kind and not hidden, sorted; none if it can't be read. */
async function entries(directory: string, filter: Filter): Promise<readonly string[]> {
  const { readdir, stat } = await import('node:fs/promises');
  const found = await readdir(directory).catch(() => []);
  const names = found.filter((name) => !name.startsWith('.'));
  const modes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ mode }) => mode,
        () => 0,
      ),
    ),
  );
  return names.filter((_, index) => filter(modes[index] ?? 0)).sort();
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
