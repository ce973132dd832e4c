import type { Solo, SoloParts } from './solo-parts.ts';

/** A definition that was read, ready to be kept running. */
export type StartSolo = (parts: SoloParts) => Promise<Solo>;

/**
 * Keeps a resource running without a cluster: a controller in the daemon itself, which connects to it as any other does. Loaded only
 * where it is asked for. What is wrong with the definition is found here, before the daemon listens.
 * @throws AgentError DEFINITION_INVALID
 */
export async function prepareSolo(file: string): Promise<StartSolo> {
  const [{ readDefinitionFile }, { runSolo }] = await Promise.all([
    import('../solo/read-definition.ts'),
    import('./run-solo.ts'),
  ]);
  const definition = await readDefinitionFile(file);
  return (parts) => runSolo(definition, file, parts);
}
