import { constants } from 'node:os';
import { compileEre } from '../kit/index.ts';

/** A range of HTTP statuses. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** Where somebody listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A regular expression and how it was written. */
export interface Pattern {
  readonly text: string;
  test(text: string): boolean;
}

/** What setrlimit(2) sets: `nofile=1024:4096`. */
export type Limit = `${string}=${string}:${string}`;

/** As glibc has it, and systemd counts from. */
const RTMIN = 34;
const SIGNAL_MAX = 64;

/** `TERM`, `SIGTERM`, `15` or `RTMIN+3`. */
export function parseSignal(text: string): NodeJS.Signals | number {
  const name = text.toUpperCase().replace(/^(SIG)?/, 'SIG');
  const [, offset] = /^SIGRTMIN(?:\+(\d{1,2}))?$/.exec(name) ?? [];
  const number = /^\d{1,2}$/.test(text) ? Number(text) : RTMIN + Number(offset ?? Number.NaN);
  if (Object.hasOwn(constants.signals, name)) {
    return name as NodeJS.Signals;
  }
  if (name === 'SIGRTMIN') {
    return RTMIN;
  }
  if (number >= 1 && number <= SIGNAL_MAX) {
    return number;
  }
  throw new TypeError('a signal such as TERM, 15 or RTMIN+3');
}

/** Three octal digits, perhaps after a 0. */
export function parseUmask(text: string): number {
  if (!/^0?[0-7]{1,3}$/.test(text)) {
    throw new TypeError('a mask of octal digits such as 027');
  }
  return Number.parseInt(text, 8);
}

const LIMITS: ReadonlySet<string> = new Set(
  'as core cpu data fsize memlock msgqueue nofile nproc rtprio sigpending stack'.split(' '),
);

/** Words such as `nofile=4096`, `core=unlimited`, `nproc=100:200` (soft and hard). */
export function parseLimits(text: string): readonly Limit[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [, name = '', soft = '', hard = soft] =
        /^([a-z]+)=(\d{1,18}|unlimited)(?::(\d{1,18}|unlimited))?$/.exec(word) ?? [];
      if (!LIMITS.has(name)) {
        throw new TypeError(
          `limits such as nofile=4096:65536 core=unlimited, with the names ${[...LIMITS].join(', ')}`,
        );
      }
      return `${name}=${soft}:${hard}` as const;
    });
}

/** `200`, `200,204` or `200-399`. */
export function parseStatuses(text: string): readonly StatusRange[] {
  return text.split(',').map((part) => {
    const [, from = '', to = from] = /^\s*([1-5]\d\d)(?:-([1-5]\d\d))?\s*$/.exec(part) ?? [];
    if (from === '' || Number(to) < Number(from)) {
      throw new TypeError('HTTP statuses such as 200, 200,204 or 200-399');
    }
    return { from: Number(from), to: Number(to) };
  });
}

/** An URL of http: or https:. */
export function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new TypeError('an URL such as http://127.0.0.1:8080/health');
  }
  return text;
}

/** `HOST:PORT`, `[::1]:PORT` or a port of this machine. */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits = ''] =
    /^(?:(?:\[([0-9a-f:.%]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port < 1 || port > 65_535) {
    throw new TypeError('HOST:PORT such as 127.0.0.1:5432 or [::1]:5432, or a port');
  }
  return { host: bracketed ?? plain ?? '127.0.0.1', port };
}

/** An extended regular expression [POSIX 9.4]. */
export function parsePattern(text: string): Pattern {
  const expression = compileEre(text, { ignoreCase: false });
  return { text, test: (line) => expression.test(line) };
}

/** A path that means the same wherever it is looked at from. */
export function parsePath(text: string): string {
  if (!text.startsWith('/') || text.includes('\0')) {
    throw new TypeError('an absolute path');
  }
  return text;
}
