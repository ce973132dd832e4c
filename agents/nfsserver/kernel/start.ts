import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AgentFailure, OCF } from '../../kit/index.ts';
import { findHelpers, type HelperName } from '../helper-processes.ts';
import type { NfsContext } from '../parameters.ts';
import { isRpcbindAnswering } from '../rpcbind-service.ts';
import { mountdArguments, nfsdArguments, scopeArguments, statdArguments } from './arguments.ts';
import { exportAll } from './export-table.ts';
import { startHelper } from './helpers.ts';
import { setLockdPorts } from './lockd-ports.ts';
import { isMounted, mountNfsd } from './mounts.ts';
import { prepareNotification, startNotification } from './notify.ts';
import { PROC_NFSD, readThreads, readVersions } from './procfs.ts';
import { needProgram, runOrFail } from './programs.ts';
import { addToRecord } from './record.ts';
import { makeStateDirectory, stateDirectoryOf } from './state-directory.ts';
import { findPipefs, nfsdcldArguments, preparePipefs, setRecoveryDirectory } from './tracking.ts';

/** Starts the kernel's server where nothing of it runs. Each step says in the record what it is about to do. */
export async function startAll(context: NfsContext): Promise<void> {
  const isV3 = !context.params.nfsv4_only;
  if (!(await isMounted({ type: 'nfsd', path: PROC_NFSD }))) {
    await addToRecord(context, { mounts: [PROC_NFSD] });
    await mountNfsd(context);
  }
  await makeStateDirectory(context);
  await startTracking(context);
  if (isV3) {
    await startRpcbind(context);
    await setLockdPorts(context);
    await prepareNotification(context);
    await startStatd(context);
  }
  await begin(context, 'rpc.mountd', mountdArguments(context.params));
  await exportAll(context);
  await startThreads(context);
  if (isV3) {
    await addToRecord(context, { started: ['sm-notify'] });
    await startNotification(context);
  }
}

async function startTracking(context: NfsContext): Promise<void> {
  await setRecoveryDirectory(context);
  const pipefs = await findPipefs(context);
  if (pipefs.isOurs) {
    await addToRecord(context, { mounts: [pipefs.path] });
  }
  if (await preparePipefs(context, pipefs)) {
    await begin(context, 'nfsdcld', nfsdcldArguments(context, pipefs));
  }
}

/** The machine's own is used where there is one; it is then not ours to end. */
async function startRpcbind(context: NfsContext): Promise<void> {
  if (await isRpcbindAnswering(context)) {
    await addToRecord(context, { needed: await visible('rpcbind') });
    return;
  }
  await begin(context, 'rpcbind', ['-w']);
  await context.waitFor(
    'Expected rpcbind to answer at port 111 of 127.0.0.1, got none: is the loopback interface up',
    async () => ((await isRpcbindAnswering(context)) ? true : undefined),
    5000,
  );
}

/** One for each machine too: it may have been started for mounts of its own. */
async function startStatd(context: NfsContext): Promise<void> {
  const needed = await visible('rpc.statd');
  if (needed.length === 0) {
    await begin(context, 'rpc.statd', statdArguments(context.params, stateDirectoryOf(context)));
    return;
  }
  await addToRecord(context, { needed });
  context.log.warn(
    'The rpc.statd that runs already is used: its list of clients is where it was told, and does not fail over',
  );
}

async function startThreads(context: NfsContext): Promise<void> {
  const { params } = context;
  const { nfs_server_scope: scope, nfsv4_only: isV4Only } = params;
  const args = nfsdArguments(params);
  if (scope === undefined || scope === hostname()) {
    await runOrFail(context, 'rpc.nfsd', args);
  } else {
    const command = [await needProgram(context, 'rpc.nfsd'), ...args];
    await runOrFail(context, 'unshare', scopeArguments(scope, command));
  }
  if (((await readThreads(context)) ?? 0) === 0) {
    const reason = `Expected threads in ${PROC_NFSD}/threads after rpc.nfsd ${args.join(' ')}, got none: see the kernel's log, and whether ${PROC_NFSD} was mounted in this network namespace`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
  const versions = await readVersions(context);
  if (!versions.has('4') || versions.has('3') === isV4Only) {
    const [expected, got] = [isV4Only ? '4' : '3 and 4', [...versions].join(' ')];
    const reason = `Expected the versions ${expected} to be served, got ${got}: do nfsd_args contradict nfsv4_only, or the kernel`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
  if (params.grace_period === 0) {
    await endGrace();
  }
}

/** @throws AgentFailure ERR_GENERIC */
async function endGrace(): Promise<void> {
  const file = `${PROC_NFSD}/v4_end_grace`;
  await writeFile(file, 'Y\n').catch((error: NodeJS.ErrnoException) => {
    // It has ended by itself: there was nobody who could reclaim anything.
    if (error.code !== 'EBUSY') {
      const reason = `Expected the grace period to end by ${file}, got ${error.code}: set grace_period to 10`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason, { cause: error });
    }
  });
}

/** Starts one that is ours from then on, and must live. */
async function begin(context: NfsContext, name: HelperName, args: readonly string[]): Promise<void> {
  await addToRecord(context, { needed: [name], started: [name] });
  await startHelper(context, name, args);
}

const visible = async (name: HelperName): Promise<readonly HelperName[]> =>
  (await findHelpers([name])).length > 0 ? [name] : [];
