import { DEFAULT_CIB } from '../helpers/fake-cluster/default-cib.ts';

/** One call of a tool. The list is a story: later calls see what earlier ones changed. */
export interface Call {
  readonly command: readonly string[];
  /** Exit status; default 0. */
  readonly status?: number;
  /** Something that its output must hold, so that two equal failures are none of our successes. */
  readonly prints?: string;
}

const call = (text: string, rest: Omit<Call, 'command'> = {}): Call => ({
  command: text.split(' '),
  ...rest,
});

export const CALLS: readonly Call[] = [
  call('crm_node -n', { prints: 'remote-1' }),
  call('crm_node -l', { prints: '1 node-1 member' }),
  call('crm_node -q', { prints: '1' }),
  call('attrd_updater -n colour -U red'),
  call('attrd_updater -n colour -Q', { prints: 'name="colour" host="remote-1" value="red"' }),
  call('attrd_updater -n colour -QA', { prints: 'value="red"' }),
  call('attrd_updater -n count -U value++'),
  call('attrd_updater -n count -Q', { prints: 'value="1"' }),
  call('attrd_updater -n colour -D'),
  call('attrd_updater -n unknown -Q', { status: 78 }),
  call('crm_attribute -t status -n score -G', { status: 105 }),
  call('crm_attribute -t status -n score -v 7'),
  call('crm_attribute -t status -n score -G', { prints: 'value=7' }),
  call('crm_attribute -t status -n score -D'),
  call('crm_attribute -n stonith-enabled -G', { prints: 'value=false' }),
  call('crm_attribute -t nodes -N node-1 -n standby -v on'),
  call('crm_attribute -t nodes -N node-1 -n standby -G', { prints: 'value=on' }),
  call('crm_attribute -t nodes -N node-1 -n standby -D'),
  call('crm_master -r web -v 10'),
  call('crm_master -r web -G', { prints: 'value=10' }),
  call('crm_mon -1', { prints: 'web' }),
  call('crm_mon -1 --output-as=xml', { prints: '<pacemaker-result' }),
  call('crm_resource -L', { prints: 'web' }),
  call('crm_resource -r web -W', { prints: 'remote-1' }),
  call('crm_resource -C -r web', { prints: 'Cleaned up web' }),
  call('crmadmin -S node-1', { prints: 'S_IDLE' }),
  call('crmadmin -N', { prints: 'node-2' }),
  call('stonith_admin -L', { prints: '0 fence devices' }),
  call('cibadmin -Q', { prints: '<cib ' }),
  call('cibadmin -Q -o nodes', { prints: 'node-2' }),
  { command: ['cibadmin', '-Q', '--xpath', '//node[@uname="node-2"]'], prints: 'node-2' },
  { command: ['cibadmin', '-C', '-o', 'resources', '-X', '<primitive id="p2" class="ocf" type="D"/>'] },
  { command: ['cibadmin', '-D', '-o', 'resources', '-X', '<primitive id="p2"/>'] },
  call('cibadmin --replace --xml-file /run/large.xml'),
  call('cibadmin -Q', { prints: 'filler-9999' }),
];

/** About 1.3 MB: 10 parts of the new header's, and past the old one's compression threshold. */
export const LARGE_CIB = DEFAULT_CIB.replace(
  '</cluster_property_set>',
  `${Array.from(
    { length: 10_000 },
    (_, index) =>
      `<nvpair id="options-filler-${index}" name="filler-${index}" value="${'0123456789'.repeat(6)}"/>`,
  ).join('')}</cluster_property_set>`,
).replace('epoch="1"', 'epoch="100"');
