// An existing configuration of the cluster, step by step with the original agent and with ours.
import { describe, expect, it } from 'vitest';
import { whyWithout } from '../../../helpers/needs.ts';
import { useOwnNetwork } from '../../../helpers/own-network.ts';
import { titled } from '../../../helpers/systemd.ts';
import { type ApacheStage, openApacheStage } from './apache-stage.ts';

useOwnNetwork();

const ORIGINAL = '/usr/lib/ocf/resource.d/heartbeat/apache';
const PORT = 8150;

interface Step {
  readonly action: string;
  readonly isProbe?: boolean;
  readonly level?: number;
}

const STEPS: readonly Step[] = [
  { action: 'validate-all' },
  { action: 'monitor', isProbe: true },
  { action: 'stop' },
  { action: 'start' },
  { action: 'start' },
  { action: 'monitor' },
  { action: 'monitor', isProbe: true },
  { action: 'monitor', level: 10 },
  { action: 'stop' },
  { action: 'stop' },
  { action: 'monitor', isProbe: true },
];

type Parameters = Readonly<Record<string, string>>;

/** What the original answers, by a shell that has Pacemaker's environment. */
async function runOriginal(apache: ApacheStage, parameters: Parameters, step: Step): Promise<number> {
  const { action, isProbe = false, level = 0 } = step;
  const env = {
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RA_VERSION_MINOR: '1',
    OCF_RESOURCE_INSTANCE: 'test',
    OCF_RESOURCE_TYPE: 'apache',
    OCF_RESOURCE_PROVIDER: 'heartbeat',
    OCF_CHECK_LEVEL: String(level),
    OCF_RESKEY_CRM_meta_timeout: '20000',
    OCF_RESKEY_CRM_meta_interval: action === 'monitor' && !isProbe ? '10000' : '0',
    HA_LOGFACILITY: 'none',
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value])),
  };
  const words = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  const text = await apache.sh(`env ${words.join(' ')} ${ORIGINAL} ${action} >/dev/null 2>&1; echo $?`);
  return Number(text);
}

async function runOurs(apache: ApacheStage, parameters: Parameters, step: Step): Promise<number> {
  const { action, isProbe = false, level = 0 } = step;
  const extras = { checkLevel: level, ...(isProbe ? { intervalMs: 0 } : {}) };
  return (await apache.call(action, parameters, extras)).rc;
}

/** The probe between start and stop has a name of its own. */
const nameOf = ({ action, isProbe = false, level = 0 }: Step, index: number): string =>
  isProbe ? (index === 6 ? 'probe running' : 'probe') : `${action}${level === 0 ? '' : ` ${level}`}`;

/** What differs, with the reason; every other answer is the same. */
type Differences = Readonly<Record<string, { readonly original: number; readonly ours: number }>>;

const CASES: readonly (readonly [
  string,
  (apache: ApacheStage) => Parameters | Promise<Parameters>,
  Differences,
])[] = [
  // Nothing is said of level 10: the original fails, ours takes the next lower level.
  ['the defaults of Debian', () => ({}), { 'monitor 10': { original: 6, ours: 0 } }],
  // The original does not know of Debian's status page, and looks at the first one.
  ['an expression alone', () => ({ testregex: 'it works' }), { 'monitor 10': { original: 6, ours: 0 } }],
  [
    'an application that has the place of the status page',
    async (apache) => {
      const rule = 'RewriteEngine on\\nRewriteRule ^/server-status - [R=404,L]';
      await apache.sh(`cd /etc/apache2; ln -s ../mods-available/rewrite.load mods-enabled/
sed -i 's|</VirtualHost>|${rule}\\n&|' sites-enabled/000-default.conf`);
      return { testurl: '/', testregex10: 'it works' };
    },
    {},
  ],
  [
    'what documents of Red Hat show',
    () => ({
      configfile: '/etc/apache2/apache2.conf',
      statusurl: 'http://127.0.0.1/server-status',
      testurl: 'http://127.0.0.1/',
      testregex10: 'It works',
    }),
    {},
  ],
  [
    'a site of its own',
    (apache) => ({
      ...apache.site({ port: PORT }),
      httpd: '/usr/sbin/apache2',
      port: String(PORT),
      options: '-DEXTRA',
      client: 'curl',
      use_ipv6: 'false',
      testurl: '/index.html',
      testregex10: 'it works',
    }),
    {},
  ],
  [
    'a file of tests',
    (apache) => {
      apache.write('/run/site/tests', 'test one\n  url /\n  match works\nend\n');
      return { ...apache.site({ port: PORT }), testconffile: '/run/site/tests', testname: 'one' };
    },
    {},
  ],
  [
    'a name of a test that there is not: the original runs the first',
    (apache) => {
      apache.write('/run/site/tests', 'test one\n  url /\n  match works\nend\n');
      return { ...apache.site({ port: PORT }), testconffile: '/run/site/tests', testname: 'two' };
    },
    {
      // Ours does not start what could not be tested, and so there is nothing to find.
      start: { original: 0, ours: 6 },
      monitor: { original: 0, ours: 7 },
      'probe running': { original: 0, ours: 7 },
      'monitor 10': { original: 0, ours: 7 },
    },
  ],
  [
    'a configuration that is not there',
    () => ({ configfile: '/run/nothing.conf' }),
    // Whether it is there is told by check level 10 of validate-all, by OCF.
    { 'validate-all': { original: 5, ours: 0 } },
  ],
];

const why = whyWithout('apache2', 'ocf-tester');

describe.skipIf(why !== undefined)(titled('apache step by step beside the original, with', why), () => {
  it.each(CASES)('%s', { timeout: 90_000 }, async (_name, prepare, differences) => {
    await using apache = await openApacheStage('executable');
    const parameters = await prepare(apache);
    const answers: [string, number, number][] = [];
    const originals: number[] = [];
    for (const step of STEPS) {
      originals.push(await runOriginal(apache, parameters, step));
    }
    for (const [index, step] of STEPS.entries()) {
      answers.push([nameOf(step, index), originals[index] ?? -1, await runOurs(apache, parameters, step)]);
    }
    const expected = answers.map(([name, original]) => {
      const difference = differences[name];
      return [name, difference?.original ?? original, difference?.ours ?? original];
    });
    expect(answers).toEqual(expected);
  });
});
