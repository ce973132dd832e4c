import { access, constants, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import type { DaemonView } from './daemon-view.ts';
import type { KeyWatch } from './key-watch.ts';
import { makeCheck } from './make-check.ts';
import type { Check } from './model.ts';

/** Less than this in /dev/shm is too little for local tools, in bytes. */
const SHM_MINIMUM = 16 * 1024 * 1024;
/** More zombies than this were not reaped by whoever is PID 1. */
const FEW_ZOMBIES = 5;
/** Any year before is that of a clock which was never set. */
const PLAUSIBLE_YEAR = 2024;

/** What the daemon can say of itself and its container, for `bundlet doctor`. Never rejects. */
export async function selfChecks(view: DaemonView, keys: KeyWatch): Promise<readonly Check[]> {
  const results = await Promise.all(
    [
      () => listening(view),
      () => key(keys, view.solo() === undefined),
      () => pidOne(view),
      () => zombies(),
      () => rights(),
      () => sharedMemory(),
      () => runDirectory(),
      () => agents(view.ocfRoot),
      () => clock(),
    ].map(async (look, index) => {
      try {
        return await look();
      } catch (error) {
        return makeCheck(`check-${index + 1}`, 'warning', `could not be found out: ${messageOf(error)}`);
      }
    }),
  );
  return results;
}

function listening(view: DaemonView): Check {
  const where = view.listening();
  return where === undefined
    ? makeCheck(
        'port',
        'failed',
        'the daemon does not listen',
        'Look at its log for tls.listener-failed or an error at the start',
      )
    : makeCheck('port', 'ok', `listens on ${where.addresses.join(', ')} port ${where.port}`);
}

/** In solo mode nobody has to come in. */
function key({ fingerprint, problem }: KeyWatch, isNeeded: boolean): Check {
  if (problem !== undefined) {
    const remedy =
      'Put the key of the cluster (/etc/pacemaker/authkey of its nodes) where PCMK_authkey_location says, default /etc/pacemaker/authkey';
    return makeCheck('key', isNeeded ? 'failed' : 'warning', problem, remedy);
  }
  return makeCheck(
    'key',
    'ok',
    fingerprint === undefined ? 'certificates are in use' : `fingerprint ${fingerprint}`,
  );
}

async function pidOne(view: DaemonView): Promise<Check> {
  const init = view.init();
  const first = (await readFile('/proc/1/comm', 'utf8')).trim();
  if (init === undefined) {
    const remedy =
      'Start it by pcmk-init (the ENTRYPOINT of docs/image.md), or orphans of agents stay as zombies';
    return makeCheck('pid-1', 'warning', `no pcmk-init started the daemon; process 1 is ${first}`, remedy);
  }
  const role = init.pid === 1 ? 'is process 1' : `is process ${init.pid}, a subreaper; process 1 is ${first}`;
  const restarts = `${init.reapedOrphans} orphans reaped, daemon restarted ${init.daemonRestarts} times`;
  return makeCheck(
    'pid-1',
    init.daemonRestarts > 0 ? 'warning' : 'ok',
    `pcmk-init ${role}; ${restarts}`,
    'Look at the log of the container for what the daemon said before it ended',
  );
}

async function zombies(): Promise<Check> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(
    pids.map((pid) =>
      readFile(`/proc/${pid}/stat`, 'utf8')
        .then((text) => text.slice(text.lastIndexOf(')') + 2)[0])
        .catch(() => ''),
    ),
  );
  const count = states.filter((state) => state === 'Z').length;
  return makeCheck(
    'zombies',
    count > FEW_ZOMBIES ? 'warning' : 'ok',
    `${count} of ${pids.length} processes`,
    'Some program does not wait for its children; `ps -ef` shows whose they are',
  );
}

function rights(): Check {
  const uid = process.geteuid?.() ?? 0;
  return makeCheck(
    'rights',
    uid === 0 ? 'ok' : 'warning',
    uid === 0 ? 'the daemon is root' : `the daemon is user ${uid}`,
    'Fine for agents that need no more; those that bind low ports, mount, or change users need root',
  );
}

async function sharedMemory(): Promise<Check> {
  const remedy =
    "Mount a tmpfs at /dev/shm (--shm-size), or set BUNDLET_IPC_DIRECTORY; only Pacemaker's own tools need it";
  try {
    await access('/dev/shm', constants.W_OK);
    const { bavail, bsize } = await statfs('/dev/shm');
    const bytes = bavail * bsize;
    const mebibytes = Math.floor(bytes / 1024 / 1024);
    return makeCheck(
      'shared-memory',
      bytes < SHM_MINIMUM ? 'warning' : 'ok',
      `${mebibytes} MiB free in /dev/shm`,
      remedy,
    );
  } catch (error) {
    return makeCheck('shared-memory', 'warning', messageOf(error), remedy);
  }
}

async function runDirectory(): Promise<Check> {
  try {
    await access('/run/bundlet', constants.W_OK);
    return makeCheck('run-directory', 'ok', '/run/bundlet can be written');
  } catch (error) {
    return makeCheck(
      'run-directory',
      'warning',
      messageOf(error),
      'Mount a tmpfs at /run/bundlet (or /run) of a read-only container',
    );
  }
}

async function agents(root: string): Promise<Check> {
  const folder = join(root, 'resource.d');
  try {
    const providers = await readdir(folder);
    const lists = await Promise.all(
      providers.map(async (provider) =>
        (await stat(join(folder, provider))).isDirectory() ? readdir(join(folder, provider)) : [],
      ),
    );
    const count = lists.flat().filter((name) => !name.startsWith('.')).length;
    return makeCheck(
      'agents',
      count === 0 ? 'warning' : 'ok',
      `${count} OCF agents of ${providers.length} providers in ${folder}`,
      'Install agents there, or set OCF_ROOT',
    );
  } catch (error) {
    return makeCheck(
      'agents',
      'warning',
      messageOf(error),
      'Install agents there, or set OCF_ROOT; systemd and lsb resources need none',
    );
  }
}

function clock(): Check {
  const now = new Date();
  return makeCheck(
    'clock',
    now.getUTCFullYear() < PLAUSIBLE_YEAR ? 'warning' : 'ok',
    `it is ${now.toISOString()}`,
    'Set the clock of the host: certificates and the times in results depend on it',
  );
}
