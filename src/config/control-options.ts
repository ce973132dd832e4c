import { isAbsolute } from 'node:path';
import { isTrue } from './boolean.ts';
import type { Environment } from './environment.ts';
import type { Notes } from './note.ts';

/** Where `bundlet` looks for the daemon. */
export const DEFAULT_CONTROL_SOCKET = '/run/bundlet/control/control.sock';

const SOCKET_SETTING = 'BUNDLET_CONTROL_SOCKET';
const HTTP_SETTING = 'BUNDLET_HTTP';
/** Bytes of a path in the address of a Unix socket, less its NUL. */
const LONGEST_PATH = 107;
const MAX_PORT = 65_535;

/** How the daemon can be asked about itself. */
export interface ControlSettings {
  /** Absent: there is no socket. */
  readonly socket?: string;
  /** Absent: not by HTTP. */
  readonly http?: HttpSettings;
}

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
}

export function readControlOptions(env: Environment, notes: Notes): ControlSettings {
  const socket = readControlSocket(env, notes);
  const http = readHttp(env, notes);
  return { ...(socket === undefined ? {} : { socket }), ...(http === undefined ? {} : { http }) };
}

/** Path of the control socket; undefined where it is switched off. The CLI reads the same. */
export function readControlSocket(env: Environment, notes: Notes): string | undefined {
  const text = env[SOCKET_SETTING] ?? '';
  if (text === 'none') {
    return undefined;
  }
  if (text === '' || (isAbsolute(text) && Buffer.byteLength(text) <= LONGEST_PATH)) {
    return text === '' ? DEFAULT_CONTROL_SOCKET : text;
  }
  const expected = `Expected none, or an absolute path of at most ${LONGEST_PATH} bytes`;
  notes.push({
    setting: SOCKET_SETTING,
    problem: `${expected}, got "${text}"; using ${DEFAULT_CONTROL_SOCKET}`,
  });
  return DEFAULT_CONTROL_SOCKET;
}

/** `PORT` or `ADDRESS:PORT`. Whoever can connect sees names of resources and their states, so only loopback unless told. */
function readHttp(env: Environment, notes: Notes): HttpSettings | undefined {
  const text = env[HTTP_SETTING] ?? '';
  if (text === '' || text === 'none') {
    return undefined;
  }
  const [, host = '127.0.0.1', digits = ''] = /^(?:\[?([^\]]*?)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > MAX_PORT) {
    notes.push({
      setting: HTTP_SETTING,
      problem: `Expected PORT or ADDRESS:PORT such as 127.0.0.1:9121, got "${text}"; nothing is served by HTTP`,
    });
    return undefined;
  }
  if (!isLoopback(host) && !isTrue(env['BUNDLET_HTTP_ANY'] ?? 'no')) {
    notes.push({
      setting: HTTP_SETTING,
      problem: `Expected an address of loopback, got "${host}"; nothing is served by HTTP unless BUNDLET_HTTP_ANY=yes, which lets everybody read it who can connect`,
    });
    return undefined;
  }
  return { host, port };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
