import type { ResourceSpec } from '../standards/action.ts';
import type { Catalog } from '../standards/catalog.ts';
import type { LocalAgentsOptions } from './local-catalog.ts';

/** An agent by its name; class ocf needs a provider. */
export type AgentName = Omit<ResourceSpec, 'id'>;

/**
 * The agents of the machine that this runs on: what Pacemaker's client library looks up by itself instead of asking a
 * daemon [protocol 4.1]. Needs no connection; each call loads what it needs and leaves nothing open. Lists are sorted
 * and without doubles; what can't be read is not there.
 *
 * @example
 * const agents = new LocalAgents();
 * console.log(await agents.listAgents('ocf', 'heartbeat'));
 * console.log(await agents.metadata({ class: 'ocf', provider: 'heartbeat', type: 'apache' }));
 */
export class LocalAgents {
  readonly #options: LocalAgentsOptions;

  constructor(options: LocalAgentsOptions = {}) {
    this.#options = options;
  }

  /** Classes whose resources can run here; `systemd` only where it answers, `stonith` never: its devices run elsewhere. */
  listStandards(): Promise<readonly string[]> {
    return this.#look((catalog) => catalog.listStandards());
  }

  /** Providers of OCF agents; other classes have none. */
  listProviders(standard = 'ocf'): Promise<readonly string[]> {
    return this.#look((catalog) => catalog.listProviders(standard));
  }

  /** Agents of a class; of class ocf those of one provider, or of all. */
  listAgents(standard: string, provider?: string): Promise<readonly string[]> {
    return this.#look((catalog) => catalog.listAgents(standard, provider));
  }

  /**
   * Metadata of an agent, XML.
   * @param timeoutMs how long the agent may take; default: 30 s
   * @throws AgentError METADATA_UNAVAILABLE: for class stonith always, because fence agents run on cluster nodes
   */
  metadata(agent: AgentName, timeoutMs?: number): Promise<string> {
    return this.#look((catalog) => catalog.metadata(agent, timeoutMs));
  }

  async #look<T>(look: (catalog: Catalog) => Promise<T>): Promise<T> {
    const { openCatalog } = await import('./local-catalog.ts');
    const { catalog, close } = openCatalog(this.#options);
    try {
      return await look(catalog);
    } finally {
      await close();
    }
  }
}
