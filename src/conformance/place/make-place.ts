import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ability } from '../check.ts';
import type { RunSettings } from '../job.ts';
import { isWithin } from '../sandbox/mounts.ts';
import { installFakeTools } from '../tools/install.ts';
import type { PlaceDescription } from '../worker-task.ts';
import { Faults } from './faults.ts';
import { FileWatch } from './file-watch.ts';
import { layerChanges } from './layer-changes.ts';
import { LocalPlace } from './local-place.ts';
import { MarkedMembers, NamespaceMembers } from './members.ts';
import { walkedChanges } from './walked-changes.ts';

/** Where agents leave files, as far as it can be watched on a machine that others use. */
const WATCHED = ['/run', '/tmp', '/var/tmp', '/dev/shm'];
const MARK = 'BUNDLET_CONFORMANCE';

/** Makes the place that a worker finds itself in. `base` is what the worker itself inherited. */
export async function makePlace(
  description: PlaceDescription,
  settings: RunSettings,
  base: Readonly<Record<string, string>>,
): Promise<LocalPlace> {
  const scratch = await mkdtemp('/tmp/bundlet-conformance-');
  // Agents run as other users, too.
  await chmod(scratch, 0o755);
  const tools = settings.live ? undefined : join(scratch, 'tools');
  if (tools !== undefined) {
    await installFakeTools(tools);
  }
  const mark = `${MARK}=${process.pid}`;
  const env = withTools(
    description.kind === 'sandbox' ? base : { ...base, [MARK]: String(process.pid) },
    tools,
  );
  const common = {
    scratch,
    base: env,
    abilities: abilitiesOf(description),
    ...(tools === undefined ? {} : { tools }),
  };
  const isLeftOut = (path: string): boolean =>
    isWithin(path, scratch) || isWithin(path, '/proc') || isWithin(path, '/sys');
  const store = join(scratch, 'hidden');
  const place =
    description.kind === 'sandbox'
      ? new LocalPlace({
          ...common,
          members: new NamespaceMembers(),
          files: new FileWatch(() => sandboxChanges(description.layers, isLeftOut)),
          faults: new Faults({ store, small: description.small }),
        })
      : new LocalPlace({
          ...common,
          members: new MarkedMembers(mark),
          files: new FileWatch(() => walkedChanges(WATCHED, isLeftOut)),
        });
  await place.begin();
  return place;
}

type Layers = Extract<PlaceDescription, { readonly kind: 'sandbox' }>['layers'];

/** `/dev/shm` is no layer: it is empty at the beginning. */
async function sandboxChanges(
  layers: Layers,
  isLeftOut: (path: string) => boolean,
): ReturnType<typeof layerChanges> {
  const [below, shared] = await Promise.all([
    layerChanges(layers, (path) => isWithin(path, '/dev') || isLeftOut(path)),
    walkedChanges(['/dev/shm'], isLeftOut),
  ]);
  return new Map([...below, ...shared]);
}

function abilitiesOf({ kind, hasUsers }: PlaceDescription): ReadonlySet<Ability> {
  return new Set<Ability>([
    ...(['processes', 'environment', 'traces', 'answers'] as const),
    ...(kind === 'sandbox' ? (['private'] as const) : []),
    ...(hasUsers ? (['users'] as const) : []),
  ]);
}

function withTools(
  base: Readonly<Record<string, string>>,
  tools: string | undefined,
): Record<string, string> {
  return tools === undefined
    ? { ...base }
    : { ...base, PATH: `${tools}:${base['PATH'] ?? ''}`, HA_SBIN_DIR: tools };
}
