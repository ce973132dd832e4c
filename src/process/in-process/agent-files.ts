import { statSync } from 'node:fs';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { launcherText, type OwnAgent, ownAgentsAt } from '../own-agents.ts';

/** What is known of a file, as long as it is the same. */
interface Known {
  readonly stamp: string;
  readonly agent: string | undefined;
  /** Lies on the daemon's own file system: if that does not answer, neither does the daemon. So it is looked at at once. */
  readonly isNear: boolean;
}

/**
 * Whether the file of an agent is the one that we have installed, byte by byte, and could be executed by us: then its
 * module may be run in its place. Somebody who changed it, or put a program of his own there, gets what he wants.
 */
export class AgentFiles {
  readonly #folder: string;
  readonly #known = new Map<string, Known>();

  /** @param folder the daemon's: an agent whose way leads into another one is another installation's */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Name of our agent, if it is one. Never rejects. */
  async find(path: string): Promise<string | undefined> {
    try {
      // Through links: the kernel executes what they lead to.
      const known = this.#known.get(path);
      const { dev, ino, size, mtimeNs, ctimeNs } =
        known?.isNear === true ? statSync(path, { bigint: true }) : await stat(path, { bigint: true });
      const stamp = [dev, ino, size, mtimeNs, ctimeNs].join(' ');
      if (known?.stamp === stamp) {
        return known.agent;
      }
      const agent = await this.#look(path, Number(size));
      const isNear = agent !== undefined && dev === (await stat(this.#folder, { bigint: true })).dev;
      this.#known.set(path, { stamp, agent, isNear });
      return agent;
    } catch {
      this.#known.delete(path);
      // Not there, or unreadable: whoever executes it says what is wrong.
      return undefined;
    }
  }

  async #look(path: string, size: number): Promise<string | undefined> {
    const candidates = ownAgentsAt(path).filter((agent) => Buffer.byteLength(launcherText(agent)) === size);
    if (candidates.length === 0) {
      return undefined;
    }
    const [text] = await Promise.all([readFile(path, 'utf8'), access(path, constants.X_OK)]);
    for (const agent of candidates) {
      if (text === launcherText(agent) && (await this.#leadsHere(path, agent))) {
        return agent.name;
      }
    }
    return undefined;
  }

  /** The kernel walks the way, so that links on it count as they do for the shell. */
  async #leadsHere(path: string, { name, way }: OwnAgent): Promise<boolean> {
    const module = join('agents', `${name}.cjs`);
    const there = `${path.slice(0, path.lastIndexOf('/'))}/${way}/${module}`;
    const [one, other] = await Promise.all([stat(there), stat(join(this.#folder, module))]);
    return one.dev === other.dev && one.ino === other.ino;
  }
}
