import { AgentFailure, defineAgent, type ExitCode, OCF } from '../kit/index.ts';
import { chooseEngine, forgetEngine, noteEngine } from './choose-engine.ts';
import { exportsOf } from './exports.ts';
import { checkHealth, isAnswering, LEVEL } from './health.ts';
import { type NfsContext, parameters } from './parameters.ts';

/** `ocf:bundlet:nfsserver`, and `ocf:heartbeat:nfsserver` where resource-agents is not installed. */
export const agent = defineAgent({
  name: 'nfsserver',
  version: '1.0',
  short: "An NFS server: the kernel's, or NFS-Ganesha",
  long: `Runs an NFS server as a resource that moves between nodes: the nfsd of the host's kernel, or NFS-Ganesha in any
container. Takes the parameters of resource-agents' nfsserver, and exports directories of its own. Its monitor calls the
server over NFS: at check level 0 every version, at 10 it opens every export, at 20 it writes a file in every one.`,
  parameters,
  validateTimeout: '30s',
  validate,
  actions: {
    start: { timings: [{ timeout: '40s' }], run: start },
    stop: { timings: [{ timeout: '20s' }], run: stop },
    monitor: {
      timings: [
        { timeout: '20s', interval: '10s' },
        { timeout: '20s', interval: '30s', depth: LEVEL.exports },
        { timeout: '20s', interval: '60s', depth: LEVEL.writing },
      ],
      run: monitor,
    },
    reload: { timings: [{ timeout: '20s' }], run: reload },
    'reload-agent': { timings: [{ timeout: '20s' }], run: reload },
  },
});

async function validate(context: NfsContext): Promise<void> {
  const { nfs_shared_infodir: shared } = context.params;
  // What is in a bundle is an instance of a clone as well: how many there may be counts.
  if (shared !== undefined && Number(context.env['OCF_RESKEY_CRM_meta_clone_max'] ?? 1) > 1) {
    throw new AgentFailure(
      OCF.ERR_CONFIGURED,
      'Expected no nfs_shared_infodir in a clone, got one: several servers would write the same state',
    );
  }
  if (!context.mayLookAtHost && context.params.engine === 'auto') {
    // Which engine it will be is the machine's affair.
    exportsOf(context.params);
    return;
  }
  await (await chooseEngine(context)).validate(context);
}

async function start(context: NfsContext): Promise<void> {
  const engine = await chooseEngine(context);
  const endpoint = engine.endpoint(context);
  const state = await engine.state(context);
  if (state.kind === 'running' && (await isAnswering(context, endpoint))) {
    return;
  }
  if (state.kind !== 'stopped') {
    context.log.info('What runs does not work: it is stopped first');
    await engine.stop(context);
  }
  await noteEngine(context, engine);
  await engine.start(context);
  // An export that can't be opened would be found by the first deep monitor only.
  await checkHealth(context, endpoint, LEVEL.exports).catch(async (error: unknown) => {
    // It may have answered, and ended before it was through with its configuration: then its own words tell more.
    throw (await engine.whyEnded?.(context)) ?? error;
  });
}

async function stop(context: NfsContext): Promise<void> {
  await (await chooseEngine(context)).stop(context);
  await forgetEngine(context);
}

async function monitor(context: NfsContext): Promise<ExitCode> {
  const engine = await chooseEngine(context);
  const state = await engine.state(context);
  if (state.kind === 'stopped') {
    return absent(context);
  }
  if (state.kind === 'failed') {
    throw new AgentFailure(OCF.ERR_GENERIC, state.reason);
  }
  await checkHealth(context, engine.endpoint(context));
  return OCF.SUCCESS;
}

/** Nobody but a probe expects to find none. */
function absent({ isProbe }: NfsContext): ExitCode {
  if (!isProbe) {
    throw new AgentFailure(OCF.NOT_RUNNING, 'Expected an NFS server to run, got nothing of it');
  }
  return OCF.NOT_RUNNING;
}

async function reload(context: NfsContext): Promise<void> {
  const engine = await chooseEngine(context);
  if ((await engine.state(context)).kind !== 'running') {
    throw new AgentFailure(OCF.ERR_GENERIC, 'Expected a running server to reload, got none: start it');
  }
  await engine.reload(context);
  await checkHealth(context, engine.endpoint(context), LEVEL.exports);
}
