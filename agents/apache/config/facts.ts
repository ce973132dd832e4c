import { dirname, resolve } from 'node:path';
import { type Host, type Listen, type ListenDirective, parsePlace, resolveListens } from './listen.ts';
import type { Directive } from './reader.ts';

/** A directory that httpd needs before it starts. */
export interface RunDirectory {
  /** Absolute. */
  readonly path: string;
  /** The user that writes there, as configured: a name or `#` and a number; absent: root. */
  readonly owner?: string;
}

/** Where logs go if nothing is said [httpd -V: DEFAULT_ERRORLOG]. */
const DEFAULT_ERROR_LOG = 'logs/error_log';

const LOGS: ReadonlySet<string> = new Set([
  'errorlog',
  'customlog',
  'globallog',
  'transferlog',
  'forensiclog',
]);

/** What directives tell. Where one is said twice, the last one counts, as with httpd. */
export class Facts {
  pidFile: string | undefined;
  statusPath: string | undefined;
  isStatusOptional = false;
  readonly #listens: ListenDirective[] = [];
  readonly #outside: Host = { places: [] };
  readonly #hosts = new Map<number, Host>();
  /** Paths in directories that must be there: true if the servers' user writes there. */
  readonly #paths = new Map<string, boolean>();
  #runtimeDirectory: string | undefined;
  #errorLog = DEFAULT_ERROR_LOG;
  #user: string | undefined;

  /** Takes in what a directive says. */
  add({ name, words, sections, isOptional }: Directive): void {
    const [first = '', second] = words;
    const isOutside = sections.length === 0;
    if (name === 'sethandler' && first.toLowerCase() === 'server-status') {
      this.#addStatus(sections, isOptional);
    } else if (name === 'sslengine') {
      this.#addTls(first.toLowerCase(), sections);
    } else if (name === 'errorlog' && isOutside) {
      this.#errorLog = first;
    } else if (LOGS.has(name)) {
      this.#addFile(first);
    } else if (isOutside) {
      this.#addOfServer(name, first, second);
    }
  }

  /** Whether anything says that TLS is spoken, if it can be. */
  get isTlsMeant(): boolean {
    return (
      [this.#outside, ...this.#hosts.values()].some(({ isTls }) => isTls === true) ||
      this.#listens.some(({ place, protocol }) => place.port === 443 || protocol?.toLowerCase() === 'https')
    );
  }

  /** Where httpd listens. */
  listens(hasTls: boolean): readonly Listen[] {
    return resolveListens(this.#listens, [this.#outside, ...this.#hosts.values()], hasTls);
  }

  /** The directories that must be there, and those that Debian's variables name. */
  runDirectories(serverRoot: string, env: Readonly<Record<string, string>>): readonly RunDirectory[] {
    const user = this.#user ?? env['APACHE_RUN_USER'];
    const found = new Map<string, boolean>();
    const add = (path: string | undefined, isUsers = false): void => {
      if (path !== undefined && path !== '') {
        const whole = resolve(serverRoot, path);
        found.set(whole, isUsers || found.get(whole) === true);
      }
    };
    add(this.pidFile === undefined ? undefined : dirname(resolve(serverRoot, this.pidFile)));
    add(this.#runtimeDirectory ?? env['APACHE_RUN_DIR']);
    add(env['APACHE_LOCK_DIR'], true);
    add(env['APACHE_LOG_DIR']);
    if (isFile(this.#errorLog)) {
      add(dirname(resolve(serverRoot, this.#errorLog)));
    }
    for (const [path, isUsers] of this.#paths) {
      add(path, isUsers);
    }
    return [...found].map(([path, isUsers]) => ({
      path,
      ...(isUsers && user !== undefined ? { owner: user } : {}),
    }));
  }

  #addOfServer(name: string, first: string, second: string | undefined): void {
    switch (name) {
      case 'pidfile':
        this.pidFile = first;
        break;
      case 'listen':
      case 'port': // of httpd 1.3, which the shell agent knows too
        this.#listens.push({ place: parsePlace(first), protocol: second });
        break;
      case 'defaultruntimedir':
        this.#runtimeDirectory = first;
        break;
      case 'user':
        this.#user = first;
        break;
      case 'scriptsock':
        this.#addFile(first);
        break;
      case 'sslsessioncache':
        this.#addFile(/^(?:shmcb|dbm|shmht):(\/[^(]*)/.exec(first)?.[1]);
        break;
      case 'mutex':
        this.#addDirectory(/^(?:file|flock|fcntl):(.+)$/.exec(first)?.[1], true);
        break;
      default:
    }
  }

  #addStatus(sections: Directive['sections'], isOptional: boolean): void {
    const location = sections.findLast(({ name }) => name === 'location');
    const [path = ''] = location?.words ?? [];
    if (location?.words.length === 1 && path.startsWith('/')) {
      this.statusPath = path;
      this.isStatusOptional = isOptional;
    }
  }

  #addTls(word: string, sections: Directive['sections']): void {
    const section = sections.find(({ name }) => name === 'virtualhost');
    let host = this.#outside;
    if (section !== undefined) {
      host = this.#hosts.get(section.number) ?? { places: section.words.map(parsePlace) };
      this.#hosts.set(section.number, host);
    }
    // `optional` is plain until a client asks for more.
    host.isTls = word === 'on';
  }

  #addFile(path: string | undefined): void {
    if (path !== undefined && isFile(path)) {
      this.#addDirectory(dirname(path), false);
    }
  }

  #addDirectory(path: string | undefined, isUsers: boolean): void {
    if (path !== undefined) {
      this.#paths.set(path, isUsers || this.#paths.get(path) === true);
    }
  }
}

/** Whether a log is one: not a program, nor a service. */
function isFile(log: string): boolean {
  return log !== '' && !log.startsWith('|') && !/^(syslog|journald)\b/.test(log);
}
