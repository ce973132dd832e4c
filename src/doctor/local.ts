import { access, constants, readFile } from 'node:fs/promises';
import { type ControlTarget, connectControl } from '../control/ask/connect.ts';
import { makeCheck } from '../control/make-check.ts';
import type { Check } from '../control/model.ts';
import { AgentError, messageOf } from '../errors/agent-error.ts';

/** For each step, in ms. */
const STEP_MS = 10_000;

type LocalTarget = Extract<ControlTarget, { kind: 'local' }>;

/** Looks at the daemon of this machine or container: whether it is there, and what it says of itself. */
export async function* examineLocally(target: LocalTarget, signal: AbortSignal): AsyncGenerator<Check> {
  const step = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]);
  const { socket } = target;
  try {
    const client = await connectControl(target, step());
    try {
      const { daemon } = await client.ask('status', {}, step());
      yield makeCheck('daemon', 'ok', `Bundlet ${daemon.version}, pid ${daemon.pid}, is ${daemon.state}`);
      yield* (await client.ask('checks', {}, step())).checks;
    } finally {
      client.close();
    }
  } catch (error) {
    yield makeCheck('daemon', 'failed', messageOf(error), remedyFor(error));
    yield await who();
    yield await socketFolder(socket);
  }
}

const remedyFor = (error: unknown): string =>
  error instanceof AgentError && error.code === 'REQUEST_TIMEOUT'
    ? 'It is there and does not answer: it is overloaded or hangs; look at its log, and at the load of the machine'
    : 'Start the container with Bundlet as its ENTRYPOINT, look at its log, or give --socket; from outside use --host';

/** What is process 1: whether Bundlet was started at all. */
async function who(): Promise<Check> {
  const name = await readFile('/proc/1/comm', 'utf8').then(
    (text) => text.trim(),
    () => 'unknown',
  );
  return makeCheck(
    'pid-1',
    name === 'pcmk-init' ? 'ok' : 'warning',
    `process 1 is ${name}`,
    'Make /usr/sbin/pacemaker-remoted the ENTRYPOINT (docs/image.md)',
  );
}

async function socketFolder(socket: string): Promise<Check> {
  const folder = socket.slice(0, socket.lastIndexOf('/')) || '/';
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return makeCheck('folder', 'ok', `${folder} can be read`);
  } catch (error) {
    return makeCheck(
      'folder',
      'warning',
      messageOf(error),
      'Run it as root, or as the user that the daemon runs as',
    );
  }
}
