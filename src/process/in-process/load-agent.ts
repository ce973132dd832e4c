import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Agent, runAgent } from '../../../agents/kit/index.ts';
import type { LoadedAgent } from './agent-run.ts';

/**
 * Loads the module of one of our agents, and what runs it with the first one.
 * @param folder the daemon's
 * @throws whatever Node says of a file that is missing or damaged
 */
export function loadAgent(folder: string, name: string): LoadedAgent {
  const load = createRequire(join(folder, 'agents/'));
  const { agent } = load(`./${name}.cjs`) as { readonly agent: Agent };
  const engine = load('../agent-engine.cjs') as { readonly runAgent: typeof runAgent };
  return { agent, runAgent: engine.runAgent };
}
