import { join } from 'node:path';
import type { NfsContext } from '../parameters.ts';

/** Where one Ganesha has its files. All names hold the resource's, so that several can run side by side. */
export interface GaneshaFiles {
  /** Ours, or the one that the parameter names. */
  readonly configuration: string;
  readonly pid: string;
  readonly log: string;
  readonly recoveryRoot: string;
}

export async function filesOf({ params, instance, stateDirectory }: NfsContext): Promise<GaneshaFiles> {
  const directory = await stateDirectory();
  const { nfs_shared_infodir: shared, config_file, log_file } = params;
  return {
    configuration: config_file ?? join(directory, 'ganesha.conf'),
    pid: join(directory, 'ganesha.pid'),
    log: log_file ?? join(directory, 'ganesha.log'),
    // On every node the same one: a resource has the same name everywhere.
    recoveryRoot:
      shared === undefined
        ? join(directory, 'recovery')
        : join(shared, 'ganesha', encodeURIComponent(instance)),
  };
}
