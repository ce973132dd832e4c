import {
  type AgentContext,
  boolean,
  custom,
  duration,
  integer,
  type Parameter,
  select,
  string,
} from '../kit/index.ts';
import {
  type Address,
  type Pattern,
  parseAddress,
  parseLimits,
  parsePath,
  parsePattern,
  parseSignal,
  parseStatuses,
  parseUmask,
  parseUrl,
  type StatusRange,
} from './kinds.ts';
import { parseAssignments } from './words.ts';

/** Checks that have parameters of their own: before it counts as started, and at check levels 0, 10 and 20. */
export type CheckName = 'ready' | 'health' | 'health10' | 'health20';

type CheckParameters<P extends string> = {
  readonly [K in `${P}_exec` | `${P}_http` | `${P}_file`]: Parameter<string | undefined>;
} & {
  readonly [K in `${P}_http_status`]: Parameter<readonly StatusRange[]>;
} & { readonly [K in `${P}_http_regex`]: Parameter<Pattern | undefined> } & {
  readonly [K in `${P}_tcp`]: Parameter<Address | undefined>;
};

/** All that are given must hold. */
function checks<const P extends CheckName>(prefix: P, when: string): CheckParameters<P> {
  const isReloadable = prefix !== 'ready';
  const about = (short: string, long: string) => ({ short: `${when}: ${short}`, long, isReloadable });
  return {
    [`${prefix}_exec`]: string(
      about('a command', 'It has to exit with 0. Written as the parameter command is.'),
    ),
    [`${prefix}_http`]: custom({
      ...about(
        'a URL',
        `It has to answer with a status of ${prefix}_http_status. Redirects are not followed.`,
      ),
      parse: parseUrl,
    }),
    [`${prefix}_http_status`]: custom({
      parse: parseStatuses,
      ...about('HTTP statuses', `Statuses that are right for ${prefix}_http, such as 200,204 or 200-299.`),
      defaultText: '200-399',
    }),
    [`${prefix}_http_regex`]: custom({
      ...about(
        'text of the page',
        `An extended regular expression that has to match what ${prefix}_http answers.`,
      ),
      parse: parsePattern,
    }),
    [`${prefix}_tcp`]: custom({
      ...about('a TCP port', 'Somebody has to accept a connection. HOST:PORT, or a port of 127.0.0.1.'),
      parse: parseAddress,
    }),
    [`${prefix}_file`]: custom({
      ...about('a file', 'An absolute path at which something has to be.'),
      parse: parsePath,
    }),
  } as unknown as CheckParameters<P>;
}

export const parameters = {
  command: string({
    short: 'The command to run',
    long: 'Program and arguments: words, quoted as in a shell, in which nothing is expanded. The program is a path, or a name that is looked for in PATH.',
    isRequired: true,
  }),
  shell: boolean({
    short: 'Commands are for a shell',
    long: 'Hands command, stop_command, reload_command and the commands of checks to /bin/sh -c as they are, instead of taking them for words.',
    default: false,
  }),
  type: select(['foreground', 'forking', 'pidfile'], {
    short: 'How the command behaves',
    long: 'foreground: its process is the application. forking: it ends with status 0 as soon as the application runs in the background. pidfile: the application writes its process number into the file of the parameter pidfile, whether the command stays or ends.',
    default: 'foreground',
  }),
  pidfile: custom({
    parse: parsePath,
    short: 'PID file',
    long: 'With type pidfile or forking: where the application writes the number of its main process. With foreground: where the agent writes it. A stale one is removed.',
    isUnique: true,
  }),
  user: string({
    short: 'User',
    long: 'Name in /etc/passwd, or a number. Default: the one of the cluster, root. Sets HOME, USER, LOGNAME and SHELL, too.',
  }),
  group: string({
    short: 'Group',
    long: 'Name in /etc/group, or a number. Default: the group of the user, and all that he is a member of.',
  }),
  directory: custom({ parse: parsePath, short: 'Working directory', long: 'An absolute path. Default: /.' }),
  environment: custom({
    parse: parseAssignments,
    short: 'Environment',
    long: 'Variables as NAME=VALUE, parted by blanks and quoted as in a shell. They are added to those of the container; what Pacemaker tells its agents is left out.',
    isPrivate: true,
    defaultText: '',
  }),
  environment_file: custom({
    parse: parsePath,
    short: 'File of variables',
    long: 'Lines of NAME=VALUE, with # for comments; what environment says holds over it.',
  }),
  umask: custom({
    parse: parseUmask,
    short: 'File mode mask',
    long: 'Octal, such as 027.',
    defaultText: '022',
  }),
  nice: integer({
    short: 'Niceness',
    long: 'From -20, the highest priority, to 19.',
    default: 0,
    min: -20,
    max: 19,
  }),
  limits: custom({
    parse: parseLimits,
    short: 'Resource limits',
    long: 'Such as nofile=65536 core=unlimited nproc=100:200, of which two values are the soft and the hard one.',
  }),
  log_file: custom({
    parse: parsePath,
    short: 'File for the output',
    long: 'Where lines of the output go, as JSON. Default: the log of the container, the standard output of its first process.',
  }),
  stop_signal: custom({
    parse: parseSignal,
    short: 'Signal that asks it to end',
    long: 'Goes to the main process, or to all where none is known.',
    defaultText: 'TERM',
    isReloadable: true,
  }),
  stop_command: string({
    short: 'Command that ends it',
    long: 'Runs instead of stop_signal, with MAINPID in its environment. What is left after its end, or after stop_grace, is ended by signals.',
    isReloadable: true,
  }),
  stop_grace: duration({
    short: 'Time to end by itself',
    long: 'After it all its processes get KILL. Less where the action has less time.',
    default: 10_000,
    isReloadable: true,
  }),
  reload_signal: custom({
    parse: parseSignal,
    short: 'Signal that reloads',
    long: 'Makes the main process read its own configuration again, such as HUP.',
    isReloadable: true,
  }),
  reload_command: string({
    short: 'Command that reloads',
    long: 'Instead of reload_signal, with MAINPID in its environment. Has to exit with 0.',
    isReloadable: true,
  }),
  ready_delay: duration({
    short: 'Time it must live',
    long: 'It counts as started when it has run so long, and all ready_… hold. Default: 1s where there is no ready_…, else 0.',
  }),
  ready_log: custom({
    parse: parsePattern,
    short: 'Before it counts as started: a line of its output',
    long: 'An extended regular expression that has to match one of the lines that it has written since its start.',
  }),
  ...checks('ready', 'Before it counts as started'),
  ...checks('health', 'At every monitor'),
  ...checks('health10', 'At monitors of level 10 and above'),
  ...checks('health20', 'At monitors of level 20 and above'),
  check_timeout: duration({
    short: 'Time for one check',
    long: 'Less where the action has less time.',
    default: 5000,
    isReloadable: true,
  }),
  http_socket: custom({
    parse: parsePath,
    short: 'Unix socket for HTTP',
    long: 'All URLs of checks are asked at this socket.',
    isReloadable: true,
  }),
  http_ca_file: custom({
    parse: parsePath,
    short: 'Certificates for HTTPS',
    long: 'A file in PEM with the authorities that are trusted in checks. Default: those of Node; none is asked for where the URL is of this machine.',
    isReloadable: true,
  }),
  http_insecure: boolean({
    short: 'Trust any certificate',
    long: 'In checks by HTTPS. Default: only where the URL is of this machine, and http_ca_file is not given.',
    isReloadable: true,
  }),
};

/** What the actions have at hand. */
export type Context = AgentContext<typeof parameters>;
