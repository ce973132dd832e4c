import type { Endpoint, Engine, ServerState } from '../engine.ts';
import { findHelpers } from '../helper-processes.ts';
import type { NfsContext } from '../parameters.ts';
import { placedExports } from './entries.ts';
import { exportAll, ownAddress } from './export-table.ts';
import { faultOf } from './helpers.ts';
import { readThreads } from './procfs.ts';
import { readRecord } from './record.ts';
import { startAll } from './start.ts';
import { stopAll } from './stop.ts';
import { validateAll } from './validate.ts';

/**
 * The NFS server of the kernel, and the programs around it; neither init script nor systemd has a part in it. There is one
 * in each network namespace, and it belongs to this resource, whoever started it.
 */
export const kernelEngine: Engine = {
  name: 'kernel',
  validate: validateAll,
  start: async (context) => {
    await stopAll(context);
    await startAll(context);
  },
  state,
  stop: stopAll,
  reload: exportAll,
  endpoint,
};

async function state(context: NfsContext): Promise<ServerState> {
  const threads = (await readThreads(context)) ?? 0;
  const record = await readRecord(context);
  if (threads > 0) {
    const needed = record?.needed ?? ['rpc.mountd'];
    const reason = faultOf(needed, await findHelpers(needed));
    return reason === undefined ? { kind: 'running' } : { kind: 'failed', reason };
  }
  const left = await findHelpers(record?.started ?? []);
  if (left.length === 0) {
    return { kind: 'stopped' };
  }
  const names = [...new Set(left.map(({ comm }) => comm))].join(', ');
  return { kind: 'failed', reason: `nfsd has no threads, while ${names} still runs` };
}

function endpoint(context: NfsContext): Endpoint {
  const { params } = context;
  const exports = placedExports(params).map(({ pseudo, path, access }) => ({
    pseudo,
    path,
    isWritable: access === 'RW',
  }));
  const ofSystem = (params.pseudo ?? []).map((pseudo) => ({ pseudo, isWritable: false }));
  return {
    host: ownAddress(context),
    port: params.nfs_port,
    versions: params.nfsv4_only ? [4] : [3, 4],
    exports: exports.length === 0 ? ofSystem : exports,
  };
}
