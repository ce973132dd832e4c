import { isAbsolute } from 'node:path';
import { type AgentContext, boolean, custom, duration, integer, string } from '../kit/index.ts';
import { parseStatusCodes } from './status-codes.ts';
import { resolveUrl } from './urls.ts';

/** What a page of HTML ends with: the original's expression. */
export const DEFAULT_REGEX = '</ *html *>';

/**
 * Those of `ocf:heartbeat:apache` under their names, and below them ours. What only the monitor reads can be changed
 * without a restart.
 */
export const parameters = {
  configfile: string({
    short: 'Configuration file',
    long: 'Absolute path of the main configuration file. Default: the first that is there of /etc/apache2/httpd.conf, /etc/apache2/apache2.conf and /etc/httpd/conf/httpd.conf.',
    isUnique: true,
  }),
  httpd: string({
    short: 'Server program',
    long: 'Absolute path of the server program. Default: the first that is there of the usual ones, such as /usr/sbin/apache2 and /usr/sbin/httpd.',
  }),
  port: integer({
    short: 'Port to ask where the configuration has no Listen',
    long: 'Port that the monitor asks when the configuration has no Listen directive. With one, that counts.',
    min: 1,
    max: 65_535,
    isReloadable: true,
  }),
  statusurl: custom({
    short: 'URL of the basic check',
    long: 'What the monitor asks for at check level 0; a path alone is asked of the first Listen address. Default: the location with the handler server-status, else /, of the first Listen address. If it is set, the answer must be a success that testregex matches.',
    isReloadable: true,
    parse: parseUrl,
  }),
  testregex: string({
    short: 'Expression that the answer of statusurl must match',
    long: 'Extended regular expression as in grep -E; case does not matter.',
    default: DEFAULT_REGEX,
    isReloadable: true,
  }),
  client: string({
    short: 'Program for tests of check level 10',
    long: 'curl and wget, or nothing: the agent asks by itself. Another program is called with the URL by the tests of check level 10 which name no other; what it prints is compared.',
    isReloadable: true,
  }),
  testurl: custom({
    short: 'URL of the test of check level 10',
    long: 'What the monitor asks for at check level 10; a path alone is asked of the first Listen address.',
    isReloadable: true,
    parse: parseUrl,
  }),
  testregex10: string({
    short: 'Expression that the answer of testurl must match',
    long: 'Extended regular expression as in grep -E; case does not matter. Default: any success will do.',
    isReloadable: true,
  }),
  testconffile: custom({
    short: 'File with tests of check level 10',
    long: 'Absolute path of a file with tests: lines `test NAME`, `url`, `match`, `user`, `password`, `client`, `client_opts`, `end`. It goes before testurl.',
    isReloadable: true,
    parse: parsePath,
  }),
  testname: string({
    short: 'Name of the test in testconffile',
    long: 'Which test of testconffile is run at check level 10. Default: the first.',
    isReloadable: true,
  }),
  options: string({
    short: 'Options of the server program',
    long: 'Further words of its command line, such as `-D MAINTENANCE`. Quotes keep words together; no shell reads them.',
  }),
  envfiles: string({
    short: 'Files with environment variables',
    long: 'Shell files that are read before the server is started; what they export reaches it, and is known in its configuration. Several are separated by blanks. Default: /etc/apache2/envvars, if it is there.',
    default: '/etc/apache2/envvars',
  }),
  use_ipv6: boolean({
    short: 'Ask by IPv6',
    long: 'The monitor asks from ::1, and asks ::1 where no address is given. An URL with :: in it does the same.',
    default: false,
    isReloadable: true,
  }),
  http_timeout: duration({
    short: 'Time for one answer',
    long: 'How long the monitor waits for a complete answer, at most four fifths of what its action has left. Default: those.',
    isReloadable: true,
  }),
  http_status: custom({
    short: 'Status codes that are a success',
    long: 'Such as `2xx` or `200 401 30x`. With a 3xx among them redirects are not followed, and no page is compared where there is one. Default: 2xx, after redirects.',
    isReloadable: true,
    parse: parseStatusCodes,
  }),
  http_host: custom({
    short: 'Name of the virtual host',
    long: 'What the monitor sends as Host, and by TLS as the name of the server. Default: the host of the URL.',
    isReloadable: true,
    parse: parseHost,
  }),
  unix_socket: custom({
    short: 'Unix socket to ask',
    long: 'Absolute path of a socket through which the monitor asks, instead of the address in the URL.',
    isReloadable: true,
    parse: parsePath,
  }),
  ca_file: custom({
    short: 'Certification authorities',
    long: 'Absolute path of a PEM file: the monitor trusts certificates of these authorities only. Default: any certificate of this machine itself; of other machines those that Node.js trusts.',
    isReloadable: true,
    parse: parsePath,
  }),
  insecure: boolean({
    short: 'Trust any certificate',
    long: 'The monitor looks at no certificate. Default: it does, but of other machines, or with ca_file.',
    default: false,
    isReloadable: true,
  }),
} as const;

function parsePath(text: string): string {
  if (!isAbsolute(text)) {
    throw new TypeError('an absolute path');
  }
  return text;
}

/** Its text: a path alone is completed by who asks. */
/** What is no path, and of a protocol that nobody asks by. */
const FOREIGN_URL = /^\s*(?!https?:)[a-z][a-z0-9+.-]*:\/\//i;

function parseUrl(text: string): string {
  const isReadable = text.trim() !== '' && !FOREIGN_URL.test(text);
  if (!isReadable || !URL.canParse(resolveUrl(text, 'http://localhost'))) {
    throw new TypeError('an URL such as http://localhost/server-status, or a path such as /server-status');
  }
  return text;
}

function parseHost(text: string): string {
  if (!/^[\w.:[\]-]+$/.test(text)) {
    throw new TypeError('the name of a host, perhaps with a port');
  }
  return text;
}

/** The context of this agent's actions. */
export type Context = AgentContext<typeof parameters>;
