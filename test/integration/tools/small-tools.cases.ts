// Calls of the small tools as data: each is run with the real tool and with ours, and all must be the same.
import { readCase } from '../../fixtures/tools/shell-words.ts';
import { AGENT_CALLS } from './agent-calls.cases.ts';

export interface SmallToolCase {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the cluster answers in place of its own words; `data` of an event, or the text of a response. */
  readonly cluster?: { readonly data: string } | { readonly response: string };
}

const words = (line: string): readonly string[] => line.split(' ').map((word) => (word === "''" ? '' : word));

const AGENT = { OCF_RESOURCE_INSTANCE: 'web', OCF_RESKEY_CRM_meta_on_node: 'node-2' };

const plain = [
  // crm_node
  'crm_node -n',
  'crm_node --name',
  'crm_node -n word',
  'crm_node -n -Q',
  'crm_node -nQ',
  'crm_node --name=x',
  'crm_node -l',
  'crm_node --list',
  'crm_node -p',
  'crm_node -l -p',
  'crm_node -q',
  'crm_node -p -q',
  'crm_node -i',
  'crm_node --cluster-id',
  'crm_node -N -1',
  "crm_node -N ''",
  'crm_node -N x',
  'crm_node -N 0',
  'crm_node -N 12345678901234567890',
  'crm_node -N 1 -n',
  'crm_node -R node-2',
  'crm_node -n --corosync',
  'crm_node -z',
  'crm_node -nz',
  'crm_node --nam',
  'crm_node -N',
  'crm_node -R',
  'crm_node --name-for-id',
  'crm_node -Né',
  'crm_node --output-as=xml -n',
  // attrd_updater: set
  'attrd_updater -n a -U 5',
  'attrd_updater -n a -v 5',
  'attrd_updater --name=a --update=5 --node=node-1',
  'attrd_updater -na -U5',
  'attrd_updater -n a -U -5',
  'attrd_updater -n a -U -INFINITY',
  'attrd_updater -n a --update -QA',
  'attrd_updater -n a -U value++',
  'attrd_updater -n a -U value+=5',
  "attrd_updater -n a -U ''",
  'attrd_updater -n a -U 5 -d 5s',
  'attrd_updater -n a -B 5 -d 5s',
  'attrd_updater -n a -B 5',
  'attrd_updater -n a -Y -d 3',
  'attrd_updater -n a -Y',
  'attrd_updater -n a -U 5 -s set',
  'attrd_updater -p -n a -U 5',
  'attrd_updater -n a -U 5 -l reboot',
  'attrd_updater -n a -U 5 -S status',
  'attrd_updater -n a -U 5 -S nodes',
  'attrd_updater -n a -U 5 -l forever',
  'attrd_updater -n a -U 5 -A',
  'attrd_updater -n a -U 5 more',
  'attrd_updater -n a -U 1 -D',
  'attrd_updater -n a -D -U 1',
  'attrd_updater -n a -U 1 -Q',
  'attrd_updater -R',
  'attrd_updater -R -n a',
  'attrd_updater -n a -U 5 -N localhost',
  'attrd_updater -n a -U 5 --output-as=xml',
  'attrd_updater -n a -U 5 --output-as=none',
  'attrd_updater -n a -B 5 --output-as=xml',
  // ... delete and ask
  'attrd_updater -n old -D',
  'attrd_updater -D -n nothing',
  'attrd_updater -n old -Q',
  'attrd_updater -n old',
  'attrd_updater -n old -QA',
  'attrd_updater -n old -Q -N node-1',
  'attrd_updater -n old -Q -N nobody',
  'attrd_updater -n odd -Q',
  'attrd_updater -n odd -Q --output-as=xml',
  'attrd_updater -n old -Q --output-as=xml --text-fancy',
  'attrd_updater -n old -Q --output-as=text --text-fancy',
  'attrd_updater -n old -Q --output-as=none',
  'attrd_updater -n nothing -Q',
  'attrd_updater -n nothing -Q --output-as=xml',
  'attrd_updater -n nothing -Q --output-as=none',
  // ... wrong
  'attrd_updater',
  'attrd_updater -Q',
  'attrd_updater -U 5',
  'attrd_updater --output-as=xml',
  'attrd_updater -n a -Q --output-as=html',
  'attrd_updater -n a -S state -D',
  'attrd_updater --lifetime=ever -n a',
  'attrd_updater -z',
  'attrd_updater --wrong=1 -n a',
  'attrd_updater -n',
  'attrd_updater -n a -U',
  'attrd_updater -n a -U é',
  'attrd_updater --output-as=none -z',
].map((line): SmallToolCase => ({ command: words(line) }));

const inAgents = [
  'crm_node -n',
  'crm_node -l',
  'crm_node -i',
  'attrd_updater -n a -U 5',
  'attrd_updater -n a -U 5 -N auto',
  'attrd_updater -n a -U 5 -N node-1',
  'attrd_updater -n old -Q',
  'attrd_updater -n old -QA -N node-1',
  'attrd_updater -R',
].map((line): SmallToolCase => ({ command: words(line), env: AGENT }));

const agentCalls = AGENT_CALLS.map(readCase)
  .map(({ env, args }): SmallToolCase => ({ command: args, env }))
  .filter(({ command: [name = ''] }) => ['attrd_updater', 'crm_node'].includes(name));

const environments: readonly SmallToolCase[] = [
  { CRM_meta_container_attribute_target: 'host', CRM_meta_physical_host: 'node-1' },
  { CRM_meta_container_attribute_target: 'host', CRM_meta_physical_host: 'node-1', ...AGENT },
  { CRM_meta_container_attribute_target: 'guest', CRM_meta_physical_host: 'node-1', ...AGENT },
  { OCF_RESKEY_CRM_meta_on_node: '' },
].flatMap((env) => [
  { command: words('attrd_updater -n a -U 5'), env },
  { command: words('attrd_updater -n old -Q'), env },
]);

const values = [
  'two  words',
  'it\'s "quoted"',
  '<a b="c">&amp;</a>',
  'one\ntwo\ttab\rreturn',
  '$(id) `id` \\n',
  'x'.repeat(100_000),
].flatMap((value): SmallToolCase[] => [
  { command: ['attrd_updater', '-n', 'a', '-U', value] },
  { command: ['attrd_updater', '-n', value, '-Q'] },
  { command: ['attrd_updater', '-n', 'a', '-U', value, '--output-as=xml'] },
]);

const NODES =
  '<nodes><node id="10" uname="n10" in_ccm="member"/><node id="2" uname="n2" in_ccm="lost"/><node uname="n3"/>' +
  '<node id="4" uname="N1" in_ccm="member"/><node id="x" uname="n4" in_ccm=""/><node id="7" in_ccm="member"/></nodes>';

const answers: readonly SmallToolCase[] = [
  ...['crm_node -l', 'crm_node -p'].map((line) => ({ command: words(line), cluster: { data: NODES } })),
  ...['crm_node -l', 'crm_node -p'].map((line) => ({ command: words(line), cluster: { data: '<nodes/>' } })),
  ...[
    '<node have-quorum="false" id="1" uname="n1" crmd="member" remote_node="false"/>',
    '<node have-quorum="true" id="3x" uname="n1"/>',
    '<node have-quorum="true"/>',
    '<node/>',
  ].flatMap((data) =>
    ['crm_node -n', 'crm_node -i', 'crm_node -q', 'crm_node -N 99'].map((line) => ({
      command: words(line),
      cluster: { data },
    })),
  ),
  ...[
    '<ack status="0"/>',
    '<ack status="13"/>',
    '<nack status="64"/>',
    '<x t="attrd" subt="query" attr_name="b"><node attr_host="h" attr_value="v"/></x>',
    '<x t="attrd" subt="query" attr_name="a"/>',
    '<x t="attrd" subt="query" attr_name="a"><node attr_host="h"/><node attr_value="v"/><foo attr_host="h"/></x>',
    '<x t="attrd" subt="query" attr_name="a"><node attr_host="" attr_value="1"/><node attr_host="é" attr_value="é"/></x>',
  ].flatMap((response) =>
    ['attrd_updater -n a -Q', 'attrd_updater -n a -Q --output-as=xml', 'attrd_updater -n a -U 1'].map(
      (line) => ({
        command: words(line),
        cluster: { response },
      }),
    ),
  ),
];

export const SMALL_TOOL_CASES: readonly SmallToolCase[] = [
  ...plain,
  ...inAgents,
  ...agentCalls,
  ...environments,
  ...values,
  ...answers,
];

/** Without a controller. */
export const LONELY_CASES: readonly SmallToolCase[] = [
  'crm_node -n',
  'crm_node -l',
  'crm_node -z',
  'attrd_updater -n a -U 5',
  'attrd_updater -n a -D',
  'attrd_updater -n a -B 5',
  'attrd_updater -n a -Q',
  'attrd_updater -R',
  'attrd_updater -n a -Q --output-as=xml',
  'attrd_updater -n a -Q --output-as=none',
].map((line) => ({ command: words(line) }));
