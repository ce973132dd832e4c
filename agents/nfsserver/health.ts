import { AgentFailure, OCF } from '../kit/index.ts';
import type { Endpoint, ExportPoint } from './engine.ts';
import { checkMounts } from './mount-check.ts';
import type { NfsContext } from './parameters.ts';
import { callServer } from './rpc/call-server.ts';
import { compound } from './rpc/compound.ts';
import { NFS4, NfsFailure } from './rpc/nfs-status.ts';
import { getType, readDirectory, walk } from './rpc/operations.ts';
import type { RpcConnection } from './rpc/rpc-connection.ts';
import { RpcFailure } from './rpc/rpc-failure.ts';
import { PROGRAM } from './rpc/rpc-message.ts';
import { isGrace, probeWriting } from './rpc/write-probe.ts';

/** Check levels: a call to each version; every export opened; a file written in every export that can be written. */
export const LEVEL = { exports: 10, writing: 20 } as const;

/** Of the action's time: what is left must do for the reason. */
const SHARE = 0.9;

/** How long a server that starts may take for its first answer, before it is asked again. */
const PATIENCE_MS = 2000;

/** Pause before a server that asked for it is asked again. */
const DELAY_MS = 100;

const NULL_PROCEDURE = 0;
const DIRECTORY = 2;

/** What to do about refusals that have a known cause. */
const REMEDIES: Readonly<Record<number, string>> = {
  1: 'does the server lack CAP_DAC_READ_SEARCH',
  2: 'is the path exported, to this machine too, and not on overlayfs',
  13: 'may root of this machine open it; see clients, access_type and squash',
  28: 'the file system is full',
  30: 'the file system is read-only',
  10016: 'the export wants Kerberos, which the check does not have',
};

/**
 * Asks the server as a client does, as deep as the check level wants.
 * @throws AgentFailure ERR_GENERIC with what came in place of the answer; DEGRADED if only the end of the grace period is
 *   missing for writing
 */
export async function checkHealth(
  context: NfsContext,
  endpoint: Endpoint,
  level: number = context.checkLevel,
): Promise<void> {
  const limitMs = context.leftMs() * SHARE;
  try {
    await callServer(context, { ...endpoint, limitMs }, (connection) =>
      checkAll({ context, endpoint, connection, level }),
    );
  } catch (error) {
    throw explain(endpoint, 'it', error);
  }
}

/** Whether somebody takes calls at the server's place; for those who wait for it. */
export async function isAnswering(context: NfsContext, endpoint: Endpoint): Promise<boolean> {
  const [version = 4] = endpoint.versions;
  try {
    return await callServer(context, { ...endpoint, limitMs: PATIENCE_MS }, (connection) =>
      callNull(connection, version),
    );
  } catch (error) {
    if (error instanceof RpcFailure) {
      return false;
    }
    throw error;
  }
}

interface Check {
  readonly context: NfsContext;
  readonly endpoint: Endpoint;
  readonly connection: RpcConnection;
  readonly level: number;
}

async function checkAll({ context, endpoint, connection, level }: Check): Promise<void> {
  await checkVersions(endpoint, connection);
  if (level < LEVEL.exports) {
    return;
  }
  if (endpoint.versions.includes(3)) {
    await checkMounts(context, endpoint, context.leftMs() * SHARE).catch((error: unknown) => {
      throw explain(endpoint, 'mounts of NFSv3', error);
    });
  }
  for (const point of endpoint.exports) {
    await patiently(context, () => checkExport(connection, point)).catch((error: unknown) => {
      throw explain(endpoint, `export ${point.pseudo}`, error);
    });
  }
  if (level < LEVEL.writing) {
    return;
  }
  for (const point of endpoint.exports.filter(({ isWritable }) => isWritable)) {
    await patiently(context, () => checkWriting(context, connection, point)).catch((error: unknown) => {
      throw explain(endpoint, `writing in export ${point.pseudo}`, error);
    });
  }
}

/** Every version that should be there answers, and no other one. */
async function checkVersions(endpoint: Endpoint, connection: RpcConnection): Promise<void> {
  for (const version of [4, 3] as const) {
    const isWanted = endpoint.versions.includes(version);
    const isThere = await callNull(connection, version).catch((error: unknown) => {
      throw explain(endpoint, `version ${version}`, error);
    });
    if (isThere !== isWanted) {
      const [expected, got] = isWanted ? ['served', 'refused'] : ['refused', 'served'];
      const where = `${endpoint.host} port ${endpoint.port}`;
      throw new AgentFailure(
        OCF.ERR_GENERIC,
        `Expected NFSv${version} to be ${expected} at ${where}, it is ${got}; does another server or another configuration run there`,
      );
    }
  }
}

/** Whether the version is served. */
async function callNull(connection: RpcConnection, version: 3 | 4): Promise<boolean> {
  try {
    await connection.call({ program: PROGRAM.nfs, version, procedure: NULL_PROCEDURE });
    return true;
  } catch (error) {
    if (error instanceof RpcFailure && error.fault === 'mismatch') {
      return false;
    }
    throw error;
  }
}

const userOf = ({ user = { uid: 0, gid: 0 } }: ExportPoint) => user;

async function checkExport(connection: RpcConnection, point: ExportPoint): Promise<void> {
  const asker = { minorVersion: 0, user: userOf(point) } as const;
  const type = (await compound(connection, asker, [...walk(point.pseudo), getType])).at(-1);
  if (type !== DIRECTORY) {
    throw new RpcFailure('garbage', `a file of type ${type} in place of a directory`);
  }
  try {
    await compound(connection, asker, [...walk(point.pseudo), readDirectory]);
  } catch (error) {
    // The check may be nobody there, and the directory not for everybody: that is no fault of the server.
    if (!(error instanceof NfsFailure && error.status === NFS4.access)) {
      throw error;
    }
  }
}

async function checkWriting(
  { instance, clock }: NfsContext,
  connection: RpcConnection,
  point: ExportPoint,
): Promise<void> {
  const name = `.bundlet-check-${encodeURIComponent(instance)}`.slice(0, 200);
  await probeWriting(connection, { pseudo: point.pseudo, user: userOf(point), name, clock });
}

/** Asks again as long as the server wants to be asked later. */
async function patiently(context: NfsContext, ask: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NfsFailure && error.status === NFS4.delay)) {
        throw error;
      }
      await context.clock.sleep(DELAY_MS, context.signal);
    }
  }
}

function explain({ host, port }: Endpoint, what: string, error: unknown): unknown {
  if (isGrace(error)) {
    return new AgentFailure(
      OCF.DEGRADED,
      `Expected ${what} to work at ${host} port ${port}, got a server in its grace period; it ends by itself`,
    );
  }
  if (!(error instanceof NfsFailure || error instanceof RpcFailure)) {
    return error;
  }
  const remedy = error instanceof NfsFailure ? REMEDIES[error.status] : undefined;
  const reason = `Expected the NFS server at ${host} port ${port} to answer for ${what}, got ${error.message}`;
  return new AgentFailure(OCF.ERR_GENERIC, remedy === undefined ? reason : `${reason}; ${remedy}`);
}
