import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crmAttribute } from '../../../../src/proxy/tools/crm-attribute.ts';
import type { ToolResult } from '../../../../src/proxy/tools/tool.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import type { Answer } from '../../../helpers/fake-cluster/server.ts';
import { FakeCluster, type FakeRequest } from '../../../helpers/fake-cluster.ts';
import { FakeRelay } from '../../../helpers/fake-relay.ts';
import { until } from '../../../helpers/pid-namespace.ts';

let clock: FakeClock;
let cluster: FakeCluster;
let relay: FakeRelay;
let override: ((request: FakeRequest) => readonly Answer[] | undefined) | undefined;
let abort: AbortController;

beforeEach(() => {
  clock = new FakeClock();
  override = undefined;
  cluster = new FakeCluster({ override: (request) => override?.(request) });
  relay = new FakeRelay(cluster);
  abort = new AbortController();
});

afterEach(() => {
  expect(relay.sessions).toBe(0);
  expect(clock.waiting).toBe(0);
});

function run(line: string, env: Readonly<Record<string, string>> = {}): Promise<ToolResult> {
  const args = line === '' ? [] : line.split(' ');
  const call = { name: 'crm_attribute', args, env, pid: 7, user: 'someone' };
  return crmAttribute(call, { relay, clock, signal: abort.signal });
}

/** What was asked for, without the sign-on: `server: message`. */
const asked = (): string[] =>
  cluster.requests
    .filter(({ text }) => !text.includes('cib_op="register"'))
    .map(({ server, text }) => `${server}: ${text}`);

/** Answers an operation with a result and nothing else. */
const refusing =
  (op: string, rc: number) =>
  ({ text }: FakeRequest): readonly Answer[] | undefined =>
    text.includes(`cib_op="${op}"`)
      ? [{ as: 'response', text: `<cib-reply t="cib" cib_op="${op}" cib_rc="${rc}"/>` }]
      : undefined;

const silent =
  (needle: string) =>
  ({ server, text }: FakeRequest): readonly Answer[] | undefined =>
    server === needle || text.includes(`cib_op="${needle}"`) ? [] : undefined;

const failed = (exitCode: number, ...lines: readonly string[]): ToolResult => ({
  exitCode,
  stdout: '',
  stderr: lines.map((line) => `${line}\n`).join(''),
});

const PERFORMING = 'crm_attribute: Error performing operation:';

/** As the real one searches for a node. */
const lowered = (attribute: string): string =>
  `[translate(@${attribute},'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz') ='node-1']`;
const NODE_QUERY =
  `cib_rw: <cib_command t="cib" cib_op="cib_query" cib_section="/cib/configuration/nodes/node${lowered('uname')}` +
  `|/cib/configuration/resources/primitive[@class='ocf'][@provider='pacemaker'][@type='remote']${lowered('id')}` +
  `|/cib/configuration/resources/primitive/meta_attributes/nvpair[@name='remote-node']${lowered('value')}` +
  `|/cib/status/node_state[@remote_node='true']${lowered('id')}" cib_callid="2" cib_callopt="4354"/>`;
const QUERY = (path: string, id: number): string =>
  `cib_rw: <cib_command t="cib" cib_op="cib_query" cib_section="${path}" cib_callid="${id}" cib_callopt="4354"/>`;
const CHANGE = (op: string, section: string, rest: readonly [id: number, options: number, data: string]) =>
  `cib_rw: <cib_command t="cib" cib_op="${op}" cib_section="${section}" cib_callid="${rest[0]}" cib_callopt="${rest[1]}"><cib_calldata>${rest[2]}</cib_calldata></cib_command>`;

describe('requests of crm_attribute are those of the real one', () => {
  it.each([
    [
      '-n stonith-enabled',
      [QUERY("//cib/configuration/crm_config//cluster_property_set//nvpair[@name='stonith-enabled']", 2)],
    ],
    [
      '-n stonith-enabled -! -v true',
      [
        QUERY("//cib/configuration/crm_config//cluster_property_set//nvpair[@name='stonith-enabled']", 2),
        CHANGE('cib_modify', 'crm_config', [
          3,
          1118208,
          '<nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="true"/>',
        ]),
      ],
    ],
    [
      '-n stonith-enabled -D -i cib-bootstrap-options-stonith-enabled',
      [
        CHANGE('cib_delete', 'crm_config', [
          2,
          1052672,
          '<nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled"/>',
        ]),
      ],
    ],
    [
      '-n a -v 1 -N node-1',
      [
        NODE_QUERY,
        QUERY("//cib/configuration/nodes//node[@id='1']//instance_attributes//nvpair[@name='a']", 3),
        CHANGE('cib_modify', 'nodes', [
          4,
          1052672,
          '<node id="1"><instance_attributes id="nodes-1"><nvpair id="nodes-1-a" name="a" value="1"/></instance_attributes></node>',
        ]),
      ],
    ],
    [
      '-t tickets -n q -v true',
      [
        QUERY("//cib/status//tickets//instance_attributes//nvpair[@name='q']", 2),
        CHANGE('cib_modify', 'status', [
          3,
          1052672,
          '<status><tickets><instance_attributes id="status-tickets"><nvpair id="status-tickets-q" name="q" value="true"/></instance_attributes></tickets></status>',
        ]),
      ],
    ],
    [
      '-N node-1 -s setn -n t -l reboot -v value++',
      [
        NODE_QUERY,
        'attrd: <create_attrd_op t="attrd" src="crm_attribute" attr_name="t" task="update" attr_value="value++" attr_host="node-1" attr_set="setn" attr_is_remote="0" attr_is_private="0"/>',
      ],
    ],
    [
      '-N node-1 -P t.* -l reboot -D',
      [
        NODE_QUERY,
        'attrd: <create_attrd_op t="attrd" src="crm_attribute" attr_regex="t.*" task="update" attr_host="node-1" attr_is_remote="0" attr_is_private="0"/>',
      ],
    ],
  ] as const)('%s', async (line, requests) => {
    expect((await run(line)).exitCode).toBe(0);
    expect(asked()).toEqual(requests);
    expect(cluster.requests.every(({ user, isWaiting }) => user === 'someone' && isWaiting)).toBe(true);
  });

  it('ask the controller who we are where nobody else says so', async () => {
    expect((await run('-l reboot -n t -v 1')).exitCode).toBe(0);
    expect(asked().map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'crmd',
      'crmd',
      'cib_rw',
      'attrd',
    ]);
    expect(asked().at(-1)).toContain('attr_host="remote-1" attr_is_remote="1"');
  });

  it.each(['auto', 'LocalHost'])('take %s for the node that we are', async (name) => {
    expect((await run(`-N ${name} -l reboot -n t -v 1`)).exitCode).toBe(0);
    expect(asked().at(-1)).toContain('attr_host="remote-1" attr_is_remote="1"');
  });

  it('put quotes and entities where a shell had them', async () => {
    await run("-n it's -G");
    await run('-n it\'s"so -G');
    expect(asked().map((text) => /nvpair(\[.*\])/.exec(text)?.[1])).toEqual([
      "[@name=&quot;it's&quot;]",
      "[@name=concat('it',&quot;'&quot;,'s&quot;so')]",
    ]);
  });
});

describe('what the cluster refuses', () => {
  it.each([
    [-1, 1, 'Operation not permitted', 'Operation not permitted'],
    [-5, 74, 'Input/output error', 'Input/output error'],
    [-13, 4, 'Permission denied', 'Permission denied'],
    [-22, 70, 'Invalid argument', 'Invalid argument'],
    [-62, 124, 'Timer expired', 'Timer expired'],
    [-93, 76, 'Protocol not supported', 'Protocol not supported'],
    [-95, 3, 'Operation not supported', 'Operation not supported'],
    [-107, 102, 'Transport endpoint is not connected', 'Transport endpoint is not connected'],
    [-201, 1, 'Unknown error 1001', 'Error'],
    [-202, 106, 'Unknown error 1017', 'Operation requires quorum'],
    [-203, 78, 'Unknown error 1016', 'Update does not conform to the configured schema'],
    [-204, 78, 'Unknown error 1014', 'Schema transform failed'],
    [-205, 103, 'Unknown error 1013', 'Update was older than existing configuration'],
  ])('with %i ends with %i', async (rc, exitCode, text, meaning) => {
    override = refusing('cib_query', rc);
    expect(await run('-n stonith-enabled')).toEqual(failed(exitCode, `${PERFORMING} ${text}`));
    expect(await run('-n stonith-enabled -v 1')).toEqual(failed(exitCode, `${PERFORMING} ${text}`));
    expect(await run('-n nope -d 1')).toEqual(failed(exitCode, `${PERFORMING} ${text}`));
    expect(await run('-N node-1 -n a')).toEqual(
      failed(105, 'crm_attribute: Could not map name=node-1 to a UUID'),
    );
    override = refusing('cib_modify', rc);
    const setting = `Error setting stonith-enabled=1 (section=crm_config, set=<null>): ${meaning}`;
    expect(await run('-n stonith-enabled -v 1')).toEqual(failed(exitCode, setting, `${PERFORMING} ${text}`));
    override = refusing('cib_delete', rc);
    expect(await run('-n stonith-enabled -D')).toEqual(failed(exitCode, `${PERFORMING} ${text}`));
  });

  it('is no error if it is to be deleted and not there', async () => {
    override = refusing('cib_delete', -6);
    expect(await run('-n stonith-enabled -D')).toEqual(failed(0));
    override = refusing('cib_modify', -6);
    const text = 'No such device or address';
    expect(await run('-N node-1 -n a -v 1')).toEqual(
      failed(105, `Error setting a=1 (section=nodes, set=nodes-1): ${text}`, `${PERFORMING} ${text}`),
    );
  });

  it('is told in XML too', async () => {
    override = refusing('cib_modify', -13);
    const { stdout, stderr } = await run('-n stonith-enabled -v 1 --output-as=xml');
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(1, -1)).toEqual([
      '  <status code="4" message="Insufficient privileges">',
      '    <errors>',
      '      <error>Error setting stonith-enabled=1 (section=crm_config, set=&lt;null&gt;): Permission denied</error>',
      `      <error>${PERFORMING} Permission denied</error>`,
      '    </errors>',
      '  </status>',
      '</pacemaker-result>',
    ]);
  });

  it.each([
    ['register', 'crm_attribute: Could not connect to the CIB: Protocol error'],
    ['cib_query', `${PERFORMING} No message of desired type`],
  ])('an answer to %s that is none', async (op, line) => {
    override = ({ text }) =>
      text.includes(`"${op}"`) ? [{ as: 'response', text: '<ack status="0"/>' }] : undefined;
    expect(await run('-n stonith-enabled')).toEqual(failed(76, line));
  });

  it('a node that the controller has no name for', async () => {
    override = ({ text }) => {
      const reference = /reference="(node-info[^"]*)"/.exec(text)?.[1];
      return reference === undefined
        ? undefined
        : [
            {
              as: 'event',
              text: `<r t="crmd" subt="response" reference="${reference}"><crm_xml><node/></crm_xml></r>`,
            },
          ];
    };
    expect(await run('-l reboot -n t')).toEqual(failed(68, 'crm_attribute: Node is not known to cluster'));
  });
});

describe('a cluster that does not answer', () => {
  /** Runs until the cluster was asked so many things, and goes on when time has passed or something happened. */
  async function meanwhile(line: string, requests: number, happens: () => void): Promise<ToolResult> {
    const result = run(line);
    await until(() => cluster.requests.length === requests && clock.waiting === 1, 'the last question');
    happens();
    return result;
  }

  it('ends a query after two minutes', async () => {
    override = silent('cib_query');
    const result = await meanwhile('-n a', 2, () => clock.advance(120_000));
    expect(result).toEqual(failed(71, `${PERFORMING} Communication error on send`));
  });

  it('ends a sign-on too', async () => {
    override = silent('register');
    const result = await meanwhile('-n a', 1, () => clock.advance(120_000));
    expect(result).toEqual(failed(124, 'crm_attribute: Could not connect to the CIB: Connection timed out'));
  });

  it('makes it ask who we are for 6 s, as the real one does', async () => {
    override = silent('crmd');
    const result = await meanwhile('-l reboot -n a', 3, () => clock.advance(6000));
    expect(result).toEqual(failed(124, 'crm_attribute: Could not ping controller: Connection timed out'));
  });

  it('makes it change the configuration itself, as the real one does', async () => {
    override = silent('attrd');
    const problem = 'crm_attribute: Could not update a=1: Connection timed out (110)';
    const result = await meanwhile('-l reboot -n a -v 1 -N node-1', 3, () => clock.advance(6_000));
    expect(result).toEqual(failed(0, problem));
    expect(cluster.cib.text).toContain('<nvpair id="status-1-a" name="a" value="1"/>');
  });

  it('makes a pattern fail, which the real one takes for a name then', async () => {
    override = silent('attrd');
    const result = await meanwhile('-l reboot -P a -v 1 -N node-1', 3, () => clock.advance(6_000));
    expect(result).toEqual(failed(124, 'crm_attribute: Could not update a=1: Connection timed out (110)'));
    expect(asked()).toHaveLength(2);
  });

  it.each(['cib_query', 'register', 'attrd', 'crmd'])(
    'is left at once by a caller who goes: %s',
    async (what) => {
      override = silent(what);
      const result = run('-l reboot -n a -v 1');
      await until(() => clock.waiting === 1, 'a question');
      abort.abort();
      expect((await result).exitCode).not.toBe(0);
    },
  );

  it('or leaves itself', async () => {
    override = silent('cib_query');
    const result = await meanwhile('-n a', 2, () => relay.leave());
    expect(result).toEqual(failed(71, `${PERFORMING} Communication error on send`));
  });

  it('is not there at all', async () => {
    relay.hasProvider = false;
    const line = 'crm_attribute: Could not connect to the CIB: Transport endpoint is not connected';
    expect(await run('')).toEqual(failed(102, line));
    expect(await run('-D')).toEqual(failed(102, line));
  });
});

describe("another configuration than the cluster's", () => {
  it.each([
    ['CIB_file', '/tmp/cib.xml'],
    ['CIB_file', ''],
    ['CIB_shadow', 'trial'],
    ['CIB_port', '1234'],
  ])('named by %s=%s is refused, and the cluster not asked', async (name, value) => {
    const result = await run('-n a -v 1', { [name]: value });
    expect(result).toEqual(
      failed(
        3,
        'crm_attribute: Could not connect to the CIB: Operation not supported',
        `crm_attribute: Expected ${name} not to be set: this tool asks the cluster itself; use Pacemaker's own`,
      ),
    );
    expect(cluster.requests).toEqual([]);
  });

  it('is none where CIB_shadow is empty, as for the real one', async () => {
    expect(await run('-n stonith-enabled', { CIB_shadow: '' })).toMatchObject({ exitCode: 0 });
  });
});

describe('where the output goes', () => {
  it('is for the caller to say: the daemon writes no files', async () => {
    const { exitCode, stderr } = await run('-n a --output-to=/tmp/x');
    expect(exitCode).toBe(64);
    expect(stderr).toContain('Expected --output-to=-, got /tmp/x');
    expect((await run('-n stonith-enabled --output-to=-')).exitCode).toBe(0);
  });
});
