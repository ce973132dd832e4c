import { rm } from 'node:fs/promises';
import { AgentFailure, OCF, terminate } from '../../kit/index.ts';
import type { Endpoint, Engine } from '../engine.ts';
import { exportsOf } from '../exports.ts';
import type { NfsContext } from '../parameters.ts';
import { isRpcbindAnswering, startRpcbind, stopRpcbind } from '../rpcbind-service.ts';
import { filesOf } from './files.ts';
import { checkRequirements } from './requirements.ts';
import { findServer, findServers } from './server-process.ts';
import { LOOPBACK, reloadGanesha, startGanesha, whyEnded } from './start.ts';

/** Within 20 s, the time of a stop. */
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5000 },
] as const;

/** NFS-Ganesha as the server: an ordinary process with a configuration of its own. */
export const ganeshaEngine: Engine = {
  name: 'ganesha',

  async validate(context) {
    const { config_file } = context.params;
    const exports = exportsOf(context.params);
    if (config_file === undefined && exports.length === 0) {
      throw configured('Expected export_path or config_file for Ganesha, got neither: say what to export');
    }
    if (config_file !== undefined && exports.length > 0) {
      throw configured(
        'Expected export_path or config_file, got both: exports belong into your configuration',
      );
    }
    if (context.mayLookAtHost) {
      await checkRequirements(context, exports);
    }
  },

  async start(context) {
    if (!context.params.nfsv4_only) {
      await startRpcbind(context);
    }
    await startGanesha(context, endpointOf(context));
  },

  whyEnded,

  async state(context) {
    const server = await findServer(context, await filesOf(context));
    if (server === undefined) {
      return { kind: 'stopped' };
    }
    if (server.state === 'T' || server.state === 't') {
      const reason = `Expected Ganesha to run, got process ${server.pid} stopped by a signal or a debugger`;
      return { kind: 'failed', reason };
    }
    if (!context.params.nfsv4_only && !(await isRpcbindAnswering(context))) {
      const reason = 'Expected rpcbind to answer, which NFSv3 clients ask first, got no answer; restart it';
      return { kind: 'failed', reason };
    }
    return { kind: 'running' };
  },

  async stop(context) {
    const files = await filesOf(context);
    const find = () => findServers(context, files.pid);
    const left = await terminate(context, { find, steps: STOP_STEPS });
    if (left.length > 0) {
      const pids = left.map(({ pid }) => pid).join(', ');
      const reason = `Expected Ganesha to end, got process ${pids} surviving SIGKILL: does a file system hang`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    }
    await rm(files.pid, { recursive: true, force: true });
    await stopRpcbind(context);
  },

  reload: reloadGanesha,

  endpoint: endpointOf,
};

function endpointOf({ params }: NfsContext): Endpoint {
  const exports = exportsOf(params).map(({ pseudo, path, access }) => ({
    pseudo: pseudo ?? path,
    path,
    isWritable: access === 'RW',
  }));
  // Of a configuration that is not ours we know what we are told.
  const told = (params.pseudo ?? []).map((pseudo, index) => ({
    pseudo,
    isWritable: (params.access_type?.[index] ?? params.access_type?.[0]) !== 'RO',
  }));
  return {
    host: params.bind_address ?? LOOPBACK[0],
    port: params.nfs_port,
    versions: params.nfsv4_only ? [4] : [4, 3],
    exports: exports.length > 0 ? exports : told,
  };
}

const configured = (reason: string): AgentFailure => new AgentFailure(OCF.ERR_CONFIGURED, reason);
