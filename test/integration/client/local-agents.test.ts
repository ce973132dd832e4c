// The cases of cts-exec that its helper answers without a daemon, by their names [protocol 10.3]: our library beside
// Pacemaker's own tool, both looking at the agents of this machine.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LocalAgents } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { titled, whyNoSystemd } from '../../helpers/systemd.ts';
import { useSystemd } from '../systemd/support.ts';

const CRM_RESOURCE = '/usr/sbin/crm_resource';
const whyNoTool = existsSync(CRM_RESOURCE) ? undefined : 'apt-get install pacemaker-cli-utils';
const whyNoAgents = existsSync('/usr/lib/ocf/resource.d/pacemaker/Stateful')
  ? undefined
  : 'apt-get install pacemaker-resource-agents';

const OCF_FIXTURES = resolve(import.meta.dirname, '../../fixtures/ocf');

/** What Pacemaker's tool says; asked of the library function that cts-exec asks. */
async function pacemaker(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  return (await promisify(execFile)(CRM_RESOURCE, args, options)).stdout;
}

const linesOf = (text: string): string[] =>
  [...new Set(text.split('\n').filter((line) => line !== ''))].sort();

/** What can be compared of metadata that each makes in words of its own. */
function gistOf(metadata: string): unknown {
  const all = (pattern: RegExp): (string | undefined)[] =>
    [...metadata.matchAll(pattern)].map(([, found]) => found);
  return {
    name: all(/<resource-agent\s+name=["']([^"']*)/g),
    actions: all(/<action\s+name=["']([^"']*)/g).sort(),
    special: all(/<special tag=["']([^"']*)/g),
    facts: [...metadata.matchAll(/<(Provides|(?:Required|Should|Default)-\w+)>([^<]*)/g)].map(
      ([, fact, value = '']) => `${fact} ${value.trim()}`,
    ),
  };
}

const agents = new LocalAgents();

describe.skipIf(whyNoTool !== undefined)(
  titled('agents of this machine, as Pacemaker sees them', whyNoTool),
  () => {
    useAudit();

    it('list_standards', async () => {
      // Fence agents are for the fencer, which runs where the cluster does.
      const others = linesOf(await pacemaker(['--list-standards'])).filter((name) => name !== 'stonith');
      expect(await agents.listStandards()).toEqual(others);
    });

    it('list_ocf_providers', async () => {
      const providers = await agents.listProviders();
      expect(providers).toEqual(linesOf(await pacemaker(['--list-ocf-providers'])));
      expect(providers).toEqual(expect.arrayContaining(['heartbeat', 'pacemaker']));
    });

    it.each(['ocf', 'ocf:pacemaker', 'ocf:heartbeat', 'lsb', 'service'])(
      'verify_agent_lists: %s',
      async (name) => {
        const [standard = '', provider] = name.split(':');
        const ours = await agents.listAgents(standard, provider);
        expect(ours).toEqual(linesOf(await pacemaker(['--list-agents', name])));
        expect(ours.length).toBeGreaterThan(0);
      },
    );

    it.skipIf(whyNoAgents !== undefined).each(['Dummy', 'Stateful'])(
      titled('get_ocf_metadata: %s', whyNoAgents),
      async (type) => {
        const metadata = await agents.metadata({ class: 'ocf', provider: 'pacemaker', type });
        expect(metadata.trim()).toBe((await pacemaker(['--show-metadata', `ocf:pacemaker:${type}`])).trim());
      },
    );

    it('get_lsb_metadata', async () => {
      for (const type of await agents.listAgents('lsb')) {
        const metadata = await agents.metadata({ class: 'lsb', type });
        expect(gistOf(metadata)).toEqual(gistOf(await pacemaker(['--show-metadata', `lsb:${type}`])));
      }
    });
  },
);

describe('agents of this machine', () => {
  useAudit();

  it('verify_agent_lists: no agents of another class, or of no provider', async () => {
    expect(await agents.listAgents('stonith')).toEqual([]);
    expect(await agents.listAgents('ocf', 'pancakes')).toEqual([]);
  });

  it.each([
    ['a provider that is not there', { class: 'ocf', provider: 'pancakes', type: 'Stateful' }],
    ['no provider', { class: 'ocf', type: 'Stateful' }],
    ['an agent that is not there', { class: 'ocf', provider: 'heartbeat', type: 'Pancakes' }],
    ['a script that is not there', { class: 'lsb', type: 'pancakes' }],
  ])('get_ocf_metadata, get_lsb_metadata: of %s there is none', async (_what, name) => {
    await expect(agents.metadata(name)).rejects.toMatchObject({ code: 'METADATA_UNAVAILABLE' });
  });

  it('get_stonith_metadata: there is none, and why', async () => {
    const metadata = agents.metadata({ class: 'stonith', type: 'fence_dummy' });
    await expect(metadata).rejects.toMatchObject({ code: 'METADATA_UNAVAILABLE' });
    await expect(metadata).rejects.toThrow(/got stonith:fence_dummy; fence agents run on cluster nodes$/);
  });

  it('may lie elsewhere, by an option or by the environment', async () => {
    for (const options of [{ ocfRoot: OCF_FIXTURES }, { env: { OCF_ROOT: OCF_FIXTURES } }]) {
      const elsewhere = new LocalAgents(options);
      // Those of ours that answer to another provider's names do so wherever OCF lies.
      expect(await elsewhere.listProviders()).toEqual(['heartbeat', 'test']);
      expect(await elsewhere.listAgents('ocf', 'test')).toContain('actor');
    }
  });

  it('may be asked many things at once', async () => {
    const elsewhere = new LocalAgents({ ocfRoot: OCF_FIXTURES });
    const asked = Array.from({ length: 20 }, (_none, index) =>
      index % 2 === 0 ? elsewhere.listProviders() : elsewhere.listStandards(),
    );
    expect((await Promise.all(asked)).every(({ length }) => length > 0)).toBe(true);
  });
});

const why = whyNoSystemd() ?? whyNoTool;

describe.skipIf(why !== undefined)(titled('units beside a real systemd', why), () => {
  const beside = useSystemd();
  const environment = () => ({ DBUS_SYSTEM_BUS_ADDRESS: beside.systemd.busAddress });
  const units = () => new LocalAgents({ env: environment() });

  it('verify_agent_lists: systemd', async () => {
    const ours = await units().listAgents('systemd');
    expect(ours).toEqual(expect.arrayContaining(['quick', 'slow@', 'tick.timer']));
    const theirs = linesOf(await pacemaker(['--list-agents', 'systemd'], environment()));
    expect(theirs).toContain('quick');
    expect(ours).toEqual(expect.arrayContaining(theirs));
    expect(await units().listStandards()).toEqual(['lsb', 'ocf', 'service', 'systemd']);
  });

  it.each(['quick', 'slow@', 'tick.timer'])('get_systemd_metadata: %s', async (type) => {
    const metadata = await units().metadata({ class: 'systemd', type });
    expect(gistOf(metadata)).toEqual(
      gistOf(await pacemaker(['--show-metadata', `systemd:${type}`], environment())),
    );
  });
});
