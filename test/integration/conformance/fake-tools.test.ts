import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeToolCalls, installFakeTools } from '../../../src/conformance/tools/install.ts';
import { RememberingCaller } from '../../../src/conformance/tools/remembering-caller.ts';
import { fakeSubject } from '../../helpers/conformance/fake-trial.ts';
import { parseXml } from '../../helpers/fake-cluster/xml.ts';

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fake tools '));
  await installFakeTools(directory);
});
afterEach(() => rm(directory, { recursive: true }));

/** Calls one as an agent does. */
function call(line: string, env: NodeJS.ProcessEnv = {}): Promise<Said> {
  return callWords(line.split(' '), env);
}

function callWords([tool = '', ...words]: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  return new Promise((resolve) => {
    execFile(
      join(directory, tool),
      words,
      { env: { PATH: process.env['PATH'], OCF_RESOURCE_INSTANCE: 'cache', ...env } },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const NO_SUCH = 'crm_attribute: Error performing operation: No such device or address\n';
const here = hostname();

describe('one after the other, as Pacemaker 2.1.5 answers', () => {
  // [what is called, exit code, standard output, standard error]
  const sequences: Readonly<Record<string, readonly (readonly [string, number, string, string?])[]>> = {
    'a promotion score': [
      ['crm_attribute --promotion -G', 105, '', NO_SUCH],
      ['crm_attribute --promotion -v 10', 0, ''],
      ['crm_attribute --promotion --query', 0, 'scope=status  name=master-cache value=10\n'],
      ['crm_master -l reboot -G --quiet', 0, '10\n'],
      ['crm_master -Q -l reboot -v -INFINITY', 0, ''],
      ['crm_attribute -p cache -qG', 0, '-INFINITY\n'],
      ['crm_attribute -p -D', 0, ''],
      ['crm_attribute -p -D', 0, ''],
      ['crm_attribute -p -G', 105, '', NO_SUCH],
    ],
    'an attribute of a node for good': [
      ['crm_attribute -N far -l forever -n site -v first', 0, ''],
      ['crm_attribute -N far -l forever -n site -v second', 0, ''],
      ['crm_attribute -Nfar -lforever -nsite', 0, 'scope=nodes  name=site value=second\n'],
      ['crm_attribute -l forever -n site -G', 105, '', NO_SUCH],
      ['crm_attribute -l forever -n site -G -d none', 0, 'scope=nodes  name=site value=none\n'],
      [
        'crm_attribute --node=far --name=site --delete',
        0,
        'Deleted nodes attribute: id=nodes-1-site name=site\n',
      ],
      ['crm_attribute -N far -n site -G', 105, '', NO_SUCH],
    ],
    'an option of the cluster': [
      ['crm_attribute --type crm_config --name cache_REPL -s redis_replication -v one -q', 0, ''],
      ['crm_attribute --type crm_config --name cache_REPL -s redis_replication --query -q', 0, 'one\n'],
      ['crm_attribute -n cache_REPL -G', 0, 'scope=crm_config  name=cache_REPL value=one\n'],
    ],
    'a transient attribute': [
      [
        'attrd_updater -n load -Q',
        78,
        '',
        'attrd_updater: Could not query value of load: attribute does not exist\n',
      ],
      ['attrd_updater -n load -U 5', 0, ''],
      ['attrd_updater -n load -B 6 -d 5s', 0, ''],
      ['attrd_updater -n load -N far -U 7', 0, ''],
      ['attrd_updater -n load', 0, `name="load" host="${here}" value="6"\n`],
      [
        'attrd_updater -n load -Q -A',
        0,
        `name="load" host="${here}" value="6"\nname="load" host="far" value="7"\n`,
      ],
      ['crm_attribute -l reboot -n load -G -q', 0, '6\n'],
      ['attrd_updater -D -n load', 0, ''],
      ['crm_attribute -l reboot -n load -G -q', 105, '', NO_SUCH],
    ],
    'which node this is': [
      ['crm_node -n', 0, `${here}\n`],
      ['crm_node -l', 0, `1 ${here} member\n`],
      ['crm_node -q', 0, '1\n'],
      ['crm_node -p', 0, `${here} \n`],
    ],
    'utilization of a resource': [
      ['crm_resource -Q -r cache -z -g cpu', 0, '', "Attribute 'cpu' not found for 'cache'\n"],
      [
        'crm_resource -r cache -z -p cpu -v 2',
        0,
        "Set 'cache' option: id=cache-utilization-cpu set=cache-utilization name=cpu value=2\n",
      ],
      ['crm_resource -Q -r cache -z -g cpu', 0, '2\n'],
      ['crm_resource -r cache -W', 0, 'resource cache is NOT running\n'],
      [
        'crm_resource -r other -W',
        105,
        '',
        "crm_resource: Resource 'other' not found\nError performing operation: No such object\n",
      ],
      ['crm_resource -B -r cache', 0, ''],
    ],
    failures: [
      ['crm_failcount -G -r cache', 0, 'scope=status  name=fail-count-cache value=0\n'],
      ['crm_failcount -D -r cache -N far', 0, 'Cleaned up cache on far\n'],
    ],
    'wrong usage': [
      ['crm_attribute --bogus', 64, '', 'crm_attribute: Unknown option --bogus\n'],
      ['crm_attribute -n', 64, '', 'crm_attribute: Missing argument for -n\n'],
      ['crm_node -x', 64, '', 'crm_node: Unknown option -x\n'],
      ['attrd_updater -U 1', 64, '', 'attrd_updater: Command requires --name argument\n'],
      [
        'crm_attribute -P load. -G',
        64,
        '',
        'crm_attribute: --pattern is not among what this fake of the conformance runner can; --live uses the real tools\n',
      ],
      ["cibadmin -Q --xpath //nvpair[@name='none']", 105, '', 'Call failed: No such device or address\n'],
    ],
  };
  for (const [title, calls] of Object.entries(sequences)) {
    test(title, async () => {
      for (const [line, code, stdout, stderr = ''] of calls) {
        expect({ line, ...(await call(line)) }).toEqual({ line, code, stdout, stderr });
      }
    });
  }
});

test('the node is the one that the cluster names', async () => {
  const env = { OCF_RESKEY_CRM_meta_on_node: 'bundle-0' };
  expect((await call('crm_node -n', env)).stdout).toBe('bundle-0\n');
  await call('crm_attribute -l reboot -n x -v 1', env);
  expect((await call('crm_attribute -N bundle-0 -l reboot -n x -G -q')).stdout).toBe('1\n');
});

test('values of all letters come back, and calls are written down so that a shell can repeat them', async () => {
  const value = `it's "<b> & $(x)\t;*\\`;
  await callWords(['crm_attribute', '-t', 'crm_config', '-n', 'odd', '-v', value]);
  expect((await call('crm_attribute -n odd -Gq')).stdout).toBe(`${value}\n`);
  const shown = (await call('cibadmin --query -o crm_config')).stdout;
  const pair = parseXml(shown).getElementsByTagName('nvpair')[0];
  expect(pair?.getAttribute('value')).toBe(value.replace('\t', ' '));
  await callWords(['crm_attribute', '-n', 'a\nb', '']);
  const calls = await fakeToolCalls(directory);
  expect(calls).toHaveLength(4);
  expect(calls[0]).toBe(`crm_attribute -t crm_config -n odd -v '${value.replace("'", "'\\''")}'`);
  expect(calls[3]).toBe("crm_attribute -n 'a'$'\\n''b' ''");
});

test('variables that an agent has exported mean nothing to them', async () => {
  const env = { quiet: 'yes', host: 'far', where: 'nodes', fallback: '3', attribute: 'x', command: 'delete' };
  expect(await call('crm_attribute -n none', env)).toEqual({ code: 105, stdout: '', stderr: NO_SUCH });
});

test('twenty at once lose nothing, and leave nothing but their files', async () => {
  const before = (await readdir(directory)).toSorted();
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
  await Promise.all(names.map((name) => call(`attrd_updater -n ${name} -U 1`)));
  for (const name of names) {
    expect((await call(`attrd_updater -n ${name} -Q`)).stdout).toBe(
      `name="${name}" host="${here}" value="1"\n`,
    );
  }
  expect((await readdir(directory)).toSorted()).toEqual(before);
});

test('who was killed while it wrote blocks nobody for good', async () => {
  await mkdir(join(directory, 'lock'));
  expect((await call('attrd_updater -n x -U 1')).code).toBe(0);
});

test('crm_mon shows in which role the last action left a resource', async () => {
  const subject = fakeSubject();
  const codes = [0, 0, 8, 0, 1, 0, 7];
  const actions = ['start', 'promote', 'monitor', 'demote', 'promote', 'stop', 'monitor'];
  const roles = ['Unpromoted', 'Promoted', 'Promoted', 'Unpromoted', 'Unpromoted', 'Stopped', 'Stopped'];
  const inner = {
    call: async () => ({
      end: { kind: 'exited', code: codes.shift() ?? 1 } as const,
      stdout: '',
      stderr: '',
      ms: 1,
      heldMs: 0,
    }),
  };
  const caller = new RememberingCaller(inner, subject, directory);
  const instance = { name: 'cache', parameters: {} };
  for (const [index, action] of actions.entries()) {
    await caller.call(
      { action, instance, intervalMs: 0, timeoutMs: 1000, options: {} },
      new AbortController().signal,
    );
    const { stdout } = await call('crm_mon -1 --output-as=xml');
    const isActive = roles[index] !== 'Stopped';
    // The words by which redis, galera and pgsql look for a promoted one.
    expect(stdout).toMatch(
      new RegExp(
        `<resource id="cache".* role="${roles[index]}".* active="${isActive}".* orphaned="false".* failed="false"`,
      ),
    );
    expect(parseXml(stdout).tagName).toBe('pacemaker-result');
    expect(parseXml((await call('crm_mon -1X')).stdout).tagName).toBe('crm_mon');
  }
});
