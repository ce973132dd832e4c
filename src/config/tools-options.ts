import { isAbsolute } from 'node:path';
import type { Environment } from './environment.ts';
import type { Notes } from './note.ts';

/** Where `pcmk-tool` looks for the daemon by itself; the same in `init/tool-link.h`. */
export const DEFAULT_TOOLS_SOCKET = '/run/bundlet/tools.sock';

const SETTING = 'BUNDLET_TOOLS_SOCKET';
/** Bytes of a path in the address of a Unix socket, less its NUL. */
const LONGEST_PATH = 107;

/** Where folders of tools usually are. */
const USUAL_PLACES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** Path of the socket for small tools; undefined where it is switched off. */
export function readToolsSocket(env: Environment, notes: Notes): string | undefined {
  const text = env[SETTING];
  if (text === undefined || text === '') {
    return DEFAULT_TOOLS_SOCKET;
  }
  if (text === 'none') {
    return undefined;
  }
  if (isAbsolute(text) && Buffer.byteLength(text) <= LONGEST_PATH) {
    return text;
  }
  const expected = `Expected none, or an absolute path of at most ${LONGEST_PATH} bytes`;
  notes.push({ setting: SETTING, problem: `${expected}, got "${text}"; using ${DEFAULT_TOOLS_SOCKET}` });
  return DEFAULT_TOOLS_SOCKET;
}

/** What lets agents find small tools. */
export interface SmallToolsPlace {
  /** Where the tools lie. */
  readonly directory: string;
  /** Where they find the daemon; undefined: they are not served. */
  readonly socket: string | undefined;
  /** No tool of Pacemaker's own lies where `HA_SBIN_DIR` usually is. */
  readonly areAlone: boolean;
}

/**
 * Lets agents find the small tools where the image has no others. The folder is the last one in their PATH, behind the
 * usual ones, which an agent would else append to it. Many agents don't look there, but into the folder that
 * `HA_SBIN_DIR` names, /usr/sbin without it [resource-agents ocf-directories]: so that is ours where nothing else is.
 */
export function withSmallTools(
  agentEnv: Readonly<Record<string, string>>,
  { directory, socket, areAlone }: SmallToolsPlace,
): Readonly<Record<string, string>> {
  const { PATH } = agentEnv;
  if (PATH === undefined || socket === undefined) {
    return agentEnv;
  }
  const places = PATH.split(':');
  const missing = USUAL_PLACES.filter((place) => !places.includes(place));
  return {
    ...(areAlone ? { HA_SBIN_DIR: directory } : {}),
    ...agentEnv,
    PATH: [...places, ...missing, directory].join(':'),
    ...(socket === DEFAULT_TOOLS_SOCKET ? {} : { [SETTING]: socket }),
  };
}
