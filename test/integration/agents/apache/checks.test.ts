// What of an answer is health: by HTTP and HTTPS, at every check level.
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyWithout } from '../../../helpers/needs.ts';
import { useOwnNetwork } from '../../../helpers/own-network.ts';
import { hasCerttool, type Issued, Pki } from '../../../helpers/pki.ts';
import { titled } from '../../../helpers/systemd.ts';
import { APACHE_WAYS, type ApacheStage, openApacheStage } from './apache-stage.ts';

const why = whyWithout('apache2');

useOwnNetwork();

const PORT = 8120;

/** Each answers with a page that has an end of HTML: the original takes it for health, whatever the status. */
const FAULTY = [
  'Redirect 404 /missing',
  'Redirect 403 /forbidden',
  'Redirect 500 /broken',
  'Redirect 302 /elsewhere http://localhost:8120/',
  'Redirect 302 /public http://192.0.2.1/',
  'ErrorDocument 404 "<html>none</html>"',
];

const monitor = async (
  apache: ApacheStage,
  parameters: Readonly<Record<string, string>>,
  checkLevel = 0,
): Promise<readonly [number, string]> => {
  const { rc, reason } = await apache.call('monitor', parameters, { checkLevel });
  return [rc, reason];
};

describe.skipIf(why !== undefined).each(APACHE_WAYS)(titled('the monitor of apache, %s', why), (way) => {
  it('wants a success where it is told what to ask for', async () => {
    await using apache = await openApacheStage(way);
    const site = apache.site({ port: PORT, modules: ['alias'], lines: FAULTY });
    expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
    const ask = (statusurl: string, more = {}) => monitor(apache, { ...site, statusurl, ...more });
    expect(await ask('/')).toEqual([0, '']);
    expect(await ask(`http://localhost:${PORT}/`)).toEqual([0, '']);
    expect(await ask('/elsewhere')).toEqual([0, '']);
    for (const [path, status] of [
      ['/missing', 404],
      ['/forbidden', 403],
      ['/broken', 500],
    ] as const) {
      const reason = `Expected the status 2xx from http://127.0.0.1:${PORT}${path}, got ${status}`;
      expect(await ask(path)).toEqual([1, reason]);
      expect(await ask(path, { http_status: `2xx ${status}` })).toEqual([0, '']);
    }
    expect(await ask('/public', { http_timeout: '2s' })).toEqual([1, expect.stringContaining('192.0.2.1')]);
    expect(await ask('/public', { http_status: '302' })).toEqual([0, '']);
    expect(await ask('/', { testregex: 'NOT there' })).toEqual([
      1,
      `Expected the answer of http://127.0.0.1:${PORT}/ to match NOT there, got "<html><body>It works</body></html>"`,
    ]);
    expect(await ask('/', { testregex: 'it WORKS|nothing' })).toEqual([0, '']);
  });

  it('is content with every answer but 5xx where it is told nothing, as the original with its HEAD', async () => {
    await using apache = await openApacheStage(way);
    const pages = (status: string) => ({
      modules: ['alias'],
      port: PORT,
      lines: [`RedirectMatch ${status} ^/`],
    });
    for (const [status, rc] of [
      ['404', 0],
      ['403', 0],
      ['301 http://192.0.2.1/', 0],
      ['503', 1],
    ] as const) {
      const [code = '', target = ''] = status.split(' ');
      const site = apache.site({ ...pages(code), lines: [`RedirectMatch ${code} ^/ ${target}`] });
      const answer = await apache.call('start', site, { timeoutMs: 5000 });
      expect(answer, status).toMatchObject({ rc, isTimedOut: false });
      await apache.call('stop', site);
    }
  });

  it('runs tests by name, with their users and clients', async () => {
    await using apache = await openApacheStage(way);
    const lines = [
      '<Location /private>',
      'AuthType Basic',
      'AuthName x',
      'AuthBasicProvider file',
      'AuthUserFile /run/site/users',
      'Require valid-user',
      '</Location>',
      'Alias /private /run/site/www',
    ];
    const modules = ['alias', 'authn_core', 'authn_file', 'auth_basic', 'authz_user'];
    const site = apache.site({ port: PORT, lines, modules });
    // SHA-1 of "pass word".
    apache.write('/run/site/users', 'probe:{SHA}LnGPoYEsjFFR/ZYILfy9fSJ2XfA=\n');
    await apache.sh("printf 'probe:%s\\n' \"$(openssl passwd -apr1 'pass word')\" >/run/site/users");
    apache.write('/run/site/client', '#!/bin/sh\necho "asked $*"\n');
    await apache.sh('chmod 755 /run/site/client');
    apache.write(
      '/run/site/tests',
      `test first
url /private/
match It works
user probe
password pass word
end
test second
url http://shop.example:${PORT}/
match works
client_opts -s --resolve shop.example:${PORT}:127.0.0.1
end
test third
url /x
match asked -a two words http://127.0.0.1:${PORT}/x
client /run/site/client
client_opts -a "two words"
end
test wrong
url /private/
match .
end
`,
    );
    await apache.call('start', site);
    const ask = (testname?: string, level = 10) =>
      monitor(
        apache,
        { ...site, testconffile: '/run/site/tests', ...(testname === undefined ? {} : { testname }) },
        level,
      );
    expect(await ask()).toEqual([0, '']);
    for (const name of ['first', 'second', 'third']) {
      expect(await ask(name), name).toEqual([0, '']);
    }
    const reason = `Test wrong: Expected the status 2xx from http://127.0.0.1:${PORT}/private/, got 401`;
    expect(await ask('wrong')).toEqual([1, reason]);
    expect(await ask(undefined, 20)).toEqual([1, reason]);
    expect(await ask('none')).toEqual([6, expect.stringContaining('got first, second, third, wrong')]);
    expect(await monitor(apache, { ...site, testconffile: '/run/site/no' }, 10)).toEqual([
      5,
      expect.stringContaining('/run/site/no'),
    ]);
    const test = { testurl: '/', testregex10: 'it works' };
    expect(await monitor(apache, { ...site, ...test }, 10)).toEqual([0, '']);
    expect(await monitor(apache, { ...site, ...test, testregex10: 'nothing' }, 10)).toEqual([
      1,
      expect.stringContaining('to match nothing'),
    ]);
  });

  it('asks by IPv6', async () => {
    await using apache = await openApacheStage(way);
    const site = apache.site({ port: PORT, listen: `[::1]:${PORT}` });
    expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
    expect(await monitor(apache, { ...site, statusurl: `http://[::1]:${PORT}/` })).toEqual([0, '']);
    const byName = { statusurl: `http://localhost:${PORT}/` };
    expect(await monitor(apache, { ...site, ...byName, use_ipv6: 'true' })).toEqual([0, '']);
    expect(await monitor(apache, { ...site, ...byName })).toEqual([1, expect.stringContaining('refused')]);
  });

  it('asks by a Unix socket, and for a virtual host', async () => {
    await using apache = await openApacheStage(way);
    const site = apache.site({ port: PORT });
    await apache.call('start', site);
    const path = join(apache.stage.scratch, 'web.sock');
    const server = createServer(({ headers }, answer) => answer.end(`<html>${headers.host}</html>`));
    await new Promise<void>((listening) => server.listen(path, listening));
    const parameters = { ...site, unix_socket: path, http_host: 'shop.example', testregex: '>shop.example<' };
    expect(await monitor(apache, parameters)).toEqual([0, '']);
    await new Promise((closed) => server.close(closed));
    expect((await monitor(apache, parameters))[0]).toBe(1);
  });

  describe.runIf(hasCerttool)('by HTTPS', () => {
    let pki: Pki;
    let other: Pki;
    let issued: Issued;
    beforeAll(() => {
      pki = new Pki();
      other = new Pki('Other CA');
      issued = pki.issue({ name: 'shop.example' });
    });
    afterAll(() => {
      pki[Symbol.dispose]();
      other[Symbol.dispose]();
    });

    it('trusts its own machine, unless authorities are named', async () => {
      await using apache = await openApacheStage(way);
      const file = (name: string) => join(apache.stage.scratch, name);
      copyFileSync(issued.cert, file('cert.pem'));
      copyFileSync(issued.key, file('key.pem'));
      const lines = [
        'SSLEngine on',
        `SSLCertificateFile ${file('cert.pem')}`,
        `SSLCertificateKeyFile ${file('key.pem')}`,
      ];
      const modules = ['ssl', 'socache_shmcb'];
      const site = apache.site({ port: PORT, listen: `127.0.0.1:${PORT} https`, lines, modules });
      expect(await apache.call('start', site)).toMatchObject({ rc: 0, reason: '' });
      const named = { ...site, statusurl: '/', http_host: 'shop.example' };
      expect(await monitor(apache, named)).toEqual([0, '']);
      expect(await monitor(apache, { ...named, ca_file: pki.ca })).toEqual([0, '']);
      expect(await monitor(apache, { ...named, ca_file: other.ca })).toEqual([
        1,
        expect.stringContaining('certificate'),
      ]);
      expect(await monitor(apache, { ...named, ca_file: pki.ca, http_host: 'else.example' })).toEqual([
        1,
        expect.stringContaining('else.example'),
      ]);
      const blind = { ...named, ca_file: other.ca, insecure: 'yes' };
      expect(await monitor(apache, blind)).toEqual([0, '']);
      expect(await monitor(apache, { ...named, statusurl: `http://127.0.0.1:${PORT}/` })).toEqual([
        1,
        expect.stringContaining('got 400'),
      ]);
    });
  });
});
