import { isAbsolute } from 'node:path';
import { isBoolean, isTrue } from './boolean.ts';
import { type Environment, pcmkOption } from './environment.ts';
import type { Notes } from './note.ts';

/** Where and how Pacemaker's local tools can connect. */
export interface IpcSettings {
  /** Where the files of their connections are: any tmpfs that the tools see, too. */
  readonly directory: string;
  /** Where socket files are made, if libqb is told to use these. */
  readonly socketDirectory: string;
  /** The least size of the largest message of a connection; 0 = what libqb takes. */
  readonly bufferFloorBytes: number;
}

const DEFAULT_DIRECTORY = '/dev/shm';
/** As Debian builds libqb; elsewhere it is often /var/run. */
const DEFAULT_SOCKET_DIRECTORY = '/tmp';
/** libqb's clients have 255 bytes for a path, and names are added to this one. */
const LONGEST_DIRECTORY = 150;
/** What libqb's clients ask for at least, and the most that is granted. */
const LEAST_BUFFER_BYTES = 128 * 1024;
const LARGEST_BUFFER_BYTES = 20 * 1024 * 1024;

/** Undefined where it is switched off. */
export function readIpcOptions(env: Environment, notes: Notes): IpcSettings | undefined {
  const settings: IpcSettings = {
    directory: readDirectory(env, notes, 'BUNDLET_IPC_DIRECTORY', DEFAULT_DIRECTORY),
    socketDirectory: readDirectory(env, notes, 'BUNDLET_IPC_SOCKET_DIRECTORY', DEFAULT_SOCKET_DIRECTORY),
    bufferFloorBytes: readBuffer(pcmkOption(env, 'ipc_buffer'), notes),
  };
  noteType(pcmkOption(env, 'ipc_type'), notes);
  return readSwitch(env['BUNDLET_IPC'], notes) ? settings : undefined;
}

function readSwitch(text: string | undefined, notes: Notes): boolean {
  if (text === undefined || text === '') {
    return true;
  }
  if (!isBoolean(text)) {
    notes.push({ setting: 'BUNDLET_IPC', problem: `Expected yes or no, got "${text}"; using yes` });
    return true;
  }
  return isTrue(text);
}

function readDirectory(env: Environment, notes: Notes, setting: string, fallback: string): string {
  const text = env[setting];
  if (text === undefined || text === '') {
    return fallback;
  }
  if (isAbsolute(text) && Buffer.byteLength(text) <= LONGEST_DIRECTORY) {
    return text;
  }
  const problem = `Expected an absolute path of at most ${LONGEST_DIRECTORY} bytes, got "${text}"; using ${fallback}`;
  notes.push({ setting, problem });
  return fallback;
}

function readBuffer(text: string | undefined, notes: Notes): number {
  if (text === undefined) {
    return 0;
  }
  const bytes = /^\d{1,10}$/.test(text) ? Number.parseInt(text, 10) : -1;
  const used = bytes < LEAST_BUFFER_BYTES ? 0 : Math.min(bytes, LARGEST_BUFFER_BYTES);
  if (used !== bytes) {
    const instead = used === 0 ? LEAST_BUFFER_BYTES : used;
    const problem = `Expected ${LEAST_BUFFER_BYTES} to ${LARGEST_BUFFER_BYTES} bytes, got "${text}"; using ${instead}`;
    notes.push({ setting: 'PCMK_ipc_buffer', problem });
  }
  return used;
}

/** Clients do what the server says, so nobody is kept from connecting by another choice. */
function noteType(text: string | undefined, notes: Notes): void {
  if (text !== undefined && text !== 'shared-mem') {
    const problem = `Without effect: local tools are served through shared memory, whatever is set; got "${text}"`;
    notes.push({ setting: 'PCMK_ipc_type', problem });
  }
}
