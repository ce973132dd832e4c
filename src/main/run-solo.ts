import { RemoteClient } from '../client/client.ts';
import { withMonitor } from '../solo/advice.ts';
import type { SoloDefinition } from '../solo/definition.ts';
import { SOLO_NAME, SoloController } from '../solo/solo-controller.ts';
import { memoryConnections } from '../transport/memory-connection.ts';
import type { Solo, SoloParts } from './solo-parts.ts';

/** Schema files are fetched from providers of 1.2 and later; solo mode has none. */
const PROTOCOL_VERSION = '1.1';

/** Makes the controller and lets it begin. */
export async function runSolo(read: SoloDefinition, file: string, parts: SoloParts): Promise<Solo> {
  const { options, env, clock, hub, onGaveUp } = parts;
  const definition = await withMonitor(read, { ocfRoot: options.ocfRoot, env });
  const controller = new SoloController(definition, {
    clock,
    file,
    resumes: options.soloResumes,
    onGaveUp,
    connect: (onEvent) => {
      const [here, there] = memoryConnections({ here: 'solo mode', there: 'this daemon' });
      hub.accept(there);
      return RemoteClient.over(here, {
        name: SOLO_NAME,
        isIpcProvider: true,
        protocolVersion: PROTOCOL_VERSION,
        onEvent,
      });
    },
  });
  await controller.start();
  return controller;
}
