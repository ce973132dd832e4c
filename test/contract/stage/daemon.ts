import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Secret } from '../../../src/client/index.ts';
import { FrameWriter } from '../../../src/wire/frame-writer.ts';
import { listTree } from '../../helpers/pid-namespace.ts';
import { ContractFailure, told } from '../engine/failure.ts';
import { RawPeer } from '../engine/raw-peer.ts';
import type { ContractCase, Generation } from '../model.ts';
import { HOST, type Place, PORT } from './place.ts';
import { startPlain } from './plain.ts';
import { startSystemd } from './systemd.ts';

/** A daemon under test, fresh, in namespaces of its own. */
export interface Daemon extends AsyncDisposable {
  readonly key: Secret;
  readonly generation: Generation;
  /** Whether it has ended, whoever ended it. */
  isOver(): boolean;
  /** Where a file that the daemon sees is seen from here. */
  path(inside: string): string;
  /** How many processes of that name run beside the daemon. */
  processes(named: string): number;
  /** Program and arguments that run a shell text beside the daemon. */
  beside(text: string): readonly string[];
  /** Runs a shell text beside the daemon. */
  shell(text: string): Promise<void>;
}

const READY_MS = 20_000;
const KEY_BYTES = 4096;

/** Starts the daemon for a case and waits until it serves. */
export async function startDaemon(command: string, contractCase: ContractCase): Promise<Daemon> {
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-contract-'));
  const keyBytes = randomBytes(KEY_BYTES);
  mkdirSync(join(scratch, 'private'));
  writeFileSync(join(scratch, 'authkey'), keyBytes, { mode: 0o600 });
  const key = new Secret(keyBytes);
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    PCMK_authkey_location: join(scratch, 'authkey'),
    PCMK_remote_address: HOST,
    PCMK_remote_port: String(PORT),
    PCMK_logfile: 'none',
    PCMK_logfacility: 'none',
    PCMK_stderr: '1',
    ...contractCase.env,
  };
  const start = contractCase.classes.includes('systemd') ? startSystemd : startPlain;
  let place: Place | undefined;
  const dispose = async (): Promise<void> => {
    await place?.end();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    place = await start({ command, env, scratch });
    const generation = await awaitService(place, key);
    return daemonIn(place, { key, generation, [Symbol.asyncDispose]: dispose });
  } catch (error) {
    await dispose();
    throw error;
  }
}

type Rest = Pick<Daemon, 'key' | 'generation' | typeof Symbol.asyncDispose>;

function daemonIn(place: Place, rest: Rest): Daemon {
  const { initPid } = place;
  const beside = (text: string): readonly string[] => [
    ...['nsenter', '--target', String(initPid), '--mount', '--pid', '--', 'sh', '-c'],
    text,
  ];
  return {
    ...rest,
    isOver: place.isOver,
    path: (inside) => `/proc/${initPid}/root${inside}`,
    processes: (named) =>
      place.roots.flatMap((root) => listTree(root)).filter(({ name }) => name === named).length,
    beside,
    shell: async (text) => {
      const [program = '', ...args] = beside(text);
      await promisify(execFile)(program, args);
    },
  };
}

/** Registers once, which shows that the daemon serves and which one it is. */
async function awaitService(place: Place, key: Secret): Promise<Generation> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    try {
      return await generationOf(await RawPeer.connect(key));
    } catch (error) {
      if (place.isOver() || performance.now() > deadline) {
        throw new ContractFailure(
          `Expected the daemon to serve port ${PORT}, it did not: ${told(error)}; it wrote:\n${place.output()}`,
          { cause: error },
        );
      }
      await sleep(20);
    }
  }
}

async function generationOf(peer: RawPeer): Promise<Generation> {
  const attributes = 'lrmd_clientname="probe" lrmd_protocol_version="1.1"';
  const envelope = 'lrmd_remote_msg_id="1" lrmd_remote_msg_type="request"';
  const frame = new FrameWriter().frame(
    `<lrmd_command t="lrmd" lrmd_op="register" ${attributes} ${envelope}/>`,
  );
  try {
    peer.write([frame.header, frame.payload]);
    await peer.journal.find({ event: { element: 'lrmd_reply' } }, READY_MS, new Map());
    // The C daemon names the function that wrote a message; its name is not the same in all versions.
    const isOurs = peer.journal.events.some(({ lrmd_origin }) => lrmd_origin === 'bundlet');
    return isOurs ? 'ours' : 'c';
  } finally {
    await peer.leave();
  }
}
