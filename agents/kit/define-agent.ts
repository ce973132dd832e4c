import type { AgentDeclaration } from './agent.ts';
import { declarationFaults } from './check-declaration.ts';
import type { Parameters } from './parameters.ts';

/**
 * Declares an agent.
 * @throws TypeError if metadata made of it would mislead the cluster
 * @example
 * export const agent = defineAgent({ name: 'clock', version: '1.0', … });
 */
export function defineAgent<const P extends Parameters>(
  declaration: AgentDeclaration<P>,
): AgentDeclaration<P> {
  const faults = declarationFaults(declaration);
  if (faults.length > 0) {
    throw new TypeError(
      `Expected a sound declaration of the agent ${declaration.name}, but ${faults.join('; ')}`,
    );
  }
  return declaration;
}
