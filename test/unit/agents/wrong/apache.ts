import type { WrongValue, WrongValues } from '../wrong-value.ts';

const relative = (parameter: string): WrongValue => ({
  parameter,
  value: 'etc/x',
  code: 6,
  reason: `Expected the parameter ${parameter} to be an absolute path, got "etc/x"`,
});

const wrong = (parameter: string, value: string, expected: string): WrongValue => ({
  parameter,
  value,
  code: 6,
  reason: `Expected the parameter ${parameter} to be ${expected}`,
});

const URL_TEXT = 'an URL such as http://localhost/server-status';

export const values: WrongValues = {
  good: {},
  wrong: [
    ...['configfile', 'httpd', 'testconffile', 'unix_socket', 'ca_file'].map(relative),
    { parameter: 'configfile', value: '/etc/nowhere.conf', level: 10, code: 5, reason: '/etc/nowhere.conf' },
    { parameter: 'httpd', value: '/usr/sbin/nowhere', level: 10, code: 5, reason: '/usr/sbin/nowhere' },
    // No Apache is needed to be told of it, but its configuration is read first.
    ...['statusurl', 'testurl'].flatMap((name) => [
      wrong(name, '   ', URL_TEXT),
      wrong(name, 'http://', URL_TEXT),
      wrong(name, 'ftp://localhost/', URL_TEXT),
      wrong(name, 'http://host:99999/', URL_TEXT),
    ]),
    ...['testregex', 'testregex10'].flatMap((name) => [
      { ...wrong(name, '(', ''), beside: { testurl: '/' } },
      { ...wrong(name, '[z-a]', ''), beside: { testurl: '/' } },
    ]),
    {
      parameter: 'testregex10',
      value: 'works',
      code: 6,
      reason: 'Expected testurl beside testregex10, got none',
    },
    wrong('http_status', 'ok', 'status codes such as 2xx'),
    wrong('http_status', '2xx 600', 'status codes such as 2xx'),
    wrong('http_status', ' ', 'status codes such as 2xx'),
    wrong('http_host', 'a host\r\nX: y', 'the name of a host'),
    wrong('options', '-D "open', 'words in which every " has its counterpart'),
    wrong('options', '-D FOREGROUND', 'words without FOREGROUND'),
    wrong('options', '-DX -DNO_DETACH', 'words without -DNO_DETACH'),
    wrong('options', '-X', 'words without -X'),
    wrong('port', '0', 'a whole number from 1 to 65535'),
    wrong('port', '65536', 'a whole number from 1 to 65535'),
  ],
  anyText: {
    client: 'a client that is not there is not needed',
    testname: 'whether there is such a test is told by testconffile',
    envfiles: 'files that are not there are left out, as by the original',
  },
};
