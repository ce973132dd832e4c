import { resolve } from 'node:path';
import type { Agent } from '../../agents/kit/index.ts';
import { AGENTS } from '../../src/process/own-agents.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');

/** Names of all our agents. */
export const AGENT_NAMES: readonly string[] = [...new Set(AGENTS.map(({ name }) => name))];

/** Their declarations, by name. */
export const ourAgents: readonly Agent[] = await Promise.all(
  AGENT_NAMES.map(async (name) => {
    const { agent } = (await import(`../../agents/${name}/${name}.ts`)) as { agent: Agent };
    return agent;
  }),
);

/** The executable that the build makes of one. */
export const executableOf = (name: string): string => resolve(CHECKOUT, 'build/ocf/resource.d/bundlet', name);
