// An NFS server of our agent in namespaces of its own, and clients that are not ours: libnfs' tools.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../helpers/pid-namespace.ts';
import { freePort } from '../daemon/support.ts';
import { type AgentStage, type CallExtras, type CallResult, openAgentStage, type Way } from './call-agent.ts';

export const run = promisify(execFile);

/** Of the actions, so that a busy machine does not end them. */
const TIMEOUT_MS = 40_000;

/** A tmpfs on every machine: file systems of containers are often overlayfs, which Ganesha can't export. */
const MEMORY = '/dev/shm';

/** Files that move from node to node. */
export interface SharedFiles extends Disposable {
  /** Directory with all of them. */
  readonly root: string;
  /** What is exported. */
  readonly data: string;
  /** `nfs_shared_infodir`. */
  readonly state: string;
}

export function openSharedFiles(): SharedFiles {
  const root = mkdtempSync(join(MEMORY, 'bundlet-nfs-'));
  const [data, state] = [join(root, 'data'), join(root, 'state')];
  mkdirSync(data);
  mkdirSync(state);
  return { root, data, state, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

export interface NfsStage extends AsyncDisposable {
  readonly stage: AgentStage;
  readonly port: number;
  /** Parameters of an export of the shared data as `/data`, NFSv4 only. */
  readonly parameters: Readonly<Record<string, string>>;
  call(action: string, more?: Readonly<Record<string, string>>, extras?: CallExtras): Promise<CallResult>;
  /** A monitor of a check level. */
  monitor(checkLevel?: number, more?: Readonly<Record<string, string>>): Promise<CallResult>;
  /** Address of a file for libnfs. */
  url(path: string, version?: 3 | 4): string;
  /** Pids of programs in the namespaces, as the test sees them. */
  pidsOf(name: string): number[];
}

/** A node of its own, with an empty `/run`. */
export async function openNfsStage(way: Way, files: SharedFiles, prelude = ''): Promise<NfsStage> {
  const stage = await openAgentStage(way, {
    prelude: `mount -t tmpfs run /run; mkdir -p /run/resource-agents; ${prelude}`,
  });
  const port = await freePort();
  const parameters = {
    engine: 'ganesha',
    nfsv4_only: 'yes',
    nfs_port: String(port),
    export_path: files.data,
    pseudo: '/data',
    clients: '*',
    nfs_shared_infodir: files.state,
  };
  const call: NfsStage['call'] = (action, more = {}, extras = {}) =>
    stage.call('nfsserver', action, { ...parameters, ...more }, { timeoutMs: TIMEOUT_MS, ...extras });
  return {
    stage,
    port,
    parameters,
    call,
    monitor: (checkLevel = 0, more = {}) => call('monitor', more, { checkLevel }),
    url: (path, version = 4) => `nfs://127.0.0.1${path}?version=${version}&nfsport=${port}`,
    pidsOf: (name) =>
      stage.daemon.namespace
        .processes()
        .filter((each) => each.name === name && each.state !== 'Z')
        .map(({ pid }) => pid),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

/** The only process of a name. */
export function pidOf(nfs: NfsStage, name: string): number {
  const [pid, ...others] = nfs.pidsOf(name);
  if (pid === undefined || others.length > 0) {
    throw new Error(`Expected one process ${name}, got ${[pid, ...others].join(' ')}`);
  }
  return pid;
}

/** Waits until nothing of a name runs. */
export const gone = (nfs: NfsStage, name: string): Promise<void> =>
  until(
    () => nfs.pidsOf(name).length === 0,
    () => `no ${name}, got ${nfs.pidsOf(name).join(' ')}`,
  );
