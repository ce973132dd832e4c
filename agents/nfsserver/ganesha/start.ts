import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { AgentFailure, OCF, sendSignal } from '../../kit/index.ts';
import type { Endpoint } from '../engine.ts';
import { exportsOf } from '../exports.ts';
import { isAnswering } from '../health.ts';
import type { NfsContext } from '../parameters.ts';
import { callServer } from '../rpc/call-server.ts';
import { RpcFailure } from '../rpc/rpc-failure.ts';
import { renderConfiguration } from './configuration.ts';
import { filesOf, type GaneshaFiles } from './files.ts';
import { firstFault } from './log.ts';
import { endOf, faultFrom, readFrom, setAside } from './log-file.ts';
import { needGanesha } from './requirements.ts';
import { findServer } from './server-process.ts';

/** This machine, as the server sees the health check. */
export const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** For a port that nobody listens on, or somebody does: the kernel answers either way. */
const CONNECT_MS = 1000;

/** How long a server that ends may be seen after its connections are closed. */
const ENDING_MS = 1000;

/** How long it may take to read its exports again. */
const REREAD_MS = 10_000;

/** Starts Ganesha, and returns when it takes calls. */
export async function startGanesha(context: NfsContext, endpoint: Endpoint): Promise<void> {
  const program = await needGanesha(context);
  const files = await filesOf(context);
  await checkPort(context, endpoint);
  await makeRecoveryRoot(files);
  await rm(files.pid, { recursive: true, force: true });
  await setAside(files.log);
  await writeConfiguration(context, files);
  const { log_level } = context.params;
  const args = ['-f', files.configuration, '-p', files.pid, '-L', files.log, '-N', `NIV_${log_level}`];
  // The launcher's status is 0 whatever happens: what counts is the daemon that it leaves behind.
  const { stderr } = await context.run({ path: program, args });
  const what = `Expected Ganesha to answer at ${endpoint.host} port ${endpoint.port}, got no answer; see ${files.log}`;
  await context.waitFor(what, async () => {
    if ((await findServer(context, files)) === undefined) {
      throw await deathOf(files, stderr);
    }
    return (await isAnswering(context, endpoint)) ? true : undefined;
  });
}

/** What a Ganesha that answered once, and fails its first check, says of its end; undefined if it does not end. */
export async function whyEnded(context: NfsContext): Promise<AgentFailure | undefined> {
  const files = await filesOf(context);
  const isGone = async (): Promise<true | undefined> =>
    (await findServer(context, files)) === undefined ? true : undefined;
  // Its connections are reset before it is gone.
  return await context.waitFor('its end', isGone, ENDING_MS).then(
    () => deathOf(files, ''),
    () => undefined,
  );
}

/** Makes a running Ganesha take changed exports. */
export async function reloadGanesha(context: NfsContext): Promise<void> {
  const files = await filesOf(context);
  const server = await findServer(context, files);
  const start = await endOf(files.log);
  await writeConfiguration(context, files);
  if (server === undefined || !(await sendSignal(server, 'SIGHUP'))) {
    throw failed('Expected a running Ganesha to reload, got none: start it');
  }
  const what = `Expected Ganesha to say that it has read its exports again, got no word of it in ${files.log}`;
  const isDone = async (): Promise<true | undefined> =>
    /:Reread exports complete/.test(await readFrom(files.log, start)) ? true : undefined;
  await context.waitFor(what, isDone, REREAD_MS);
  const fault = await faultFrom(files.log, start);
  if (fault !== undefined) {
    throw failed(`Expected Ganesha to take its configuration, got: ${fault}`);
  }
}

/** Another server there would answer in place of ours, which then ends. */
async function checkPort(context: NfsContext, { host, port }: Endpoint): Promise<void> {
  try {
    await callServer(context, { host, port, limitMs: CONNECT_MS }, async () => undefined);
  } catch (error) {
    if (error instanceof RpcFailure) {
      return;
    }
    throw error;
  }
  throw failed(
    `Expected port ${port} to be free, got a server on it: does another one run, or the kernel's; see nfs_port and bind_address`,
  );
}

async function makeRecoveryRoot({ recoveryRoot }: GaneshaFiles): Promise<void> {
  await mkdir(recoveryRoot, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw failed(
      `Expected to make ${recoveryRoot} for the clients' records, got ${error.code}: is nfs_shared_infodir writable, and has space`,
    );
  });
}

async function writeConfiguration({ params }: NfsContext, files: GaneshaFiles): Promise<void> {
  if (params.config_file !== undefined) {
    return;
  }
  const text = renderConfiguration(params, {
    exports: exportsOf(params),
    recoveryRoot: files.recoveryRoot,
    ownAddresses: [...LOOPBACK, ...(params.bind_address === undefined ? [] : [params.bind_address])],
  });
  await writeFile(`${files.configuration}.new`, text);
  await rename(`${files.configuration}.new`, files.configuration);
}

/** Why it ended while it started: by its log, or by what it said before it had one. */
async function deathOf({ log }: GaneshaFiles, said: string): Promise<AgentFailure> {
  const fault = (await faultFrom(log, 0)) ?? firstFault(said) ?? `no word of why in ${log}`;
  return failed(`Expected Ganesha to run after its start, it has ended: ${fault}`);
}

const failed = (reason: string): AgentFailure => new AgentFailure(OCF.ERR_GENERIC, reason);
