// Pacemaker's own tools beside the daemon, and what a provider is told and sends for them [protocol 6, local-ipc 6.2].
import type { ContractCase, ForwardStep, Pattern, Peer, RelayedStep, Step } from '../model.ts';
import { main, other } from '../resources.ts';
import { ends, file, forwards, isTold, QUIET_MS, starts } from '../steps.ts';

const tools = { classes: ['tools'] } as const;
/** Of a version without schema files: a newer one is asked for them at once, as a further session. */
const isProvider = { isIpcProvider: true, protocolVersion: '1.1' };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Flags of a request that events answer, and of one that waits for a response. */
const FLAGS = { event: 0x100, response: 0x300 };
const ACK = '<ack status="0"/>';
const REGISTERED = '<cib_result t="cib" cib_op="register" cib_clientid="c0ffee"/>';

/** What a provider is told and sends for one tool; what is kept is kept under the tool's name. */
class Session {
  readonly #by: Peer;
  readonly #name: string;

  constructor(by: Peer, name = 'tool') {
    this.#by = by;
    this.#name = name;
  }

  isOpened(server: string): RelayedStep {
    return isTold(this.#by, { op: 'new', server, session: UUID }, { [this.#name]: 'session' });
  }

  isAsked(fields: Pattern, keep: RelayedStep['keep'] = {}): RelayedStep {
    const request = { op: 'request', session: { ref: this.#name }, user: 'root', ...fields };
    return isTold(this.#by, request, { [`${this.#name}Id`]: 'messageId', ...keep });
  }

  isClosed(): RelayedStep {
    return isTold(this.#by, { op: 'destroy', session: { ref: this.#name } });
  }

  responds(message: string): ForwardStep {
    const messageId = `{${this.#name}Id}`;
    return forwards(this.#by, 'response', { session: `{${this.#name}}`, messageId, message });
  }

  tells(message: string): ForwardStep {
    return forwards(this.#by, 'event', { session: `{${this.#name}}`, message });
  }

  closes(): ForwardStep {
    return forwards(this.#by, 'destroy', { session: `{${this.#name}}` });
  }

  /** crm_node asks who it is; the question's reference is kept. */
  isAskedForNode(): Step[] {
    return [
      this.isOpened('crmd'),
      this.isAsked({
        flags: FLAGS.event,
        client: /^proxy-crmd-[0-9]+-[0-9a-f]{8}$/,
        message: / crm_task="hello"/,
      }),
      this.isAsked(
        { flags: FLAGS.event, message: / crm_task="node-info"/ },
        { reference: /^<[^>]* reference="([^"]+)"/ },
      ),
    ];
  }

  /** attrd_updater sets an attribute, or wants its value, and waits. */
  isAskedForAttribute(name: string, fields: Pattern = {}): Step[] {
    const client = /^proxy-attrd-[0-9]+-[0-9a-f]{8}$/;
    const message = new RegExp(`^<.* attr_name="${name}"`);
    return [this.isOpened('attrd'), this.isAsked({ flags: FLAGS.response, client, message, ...fields })];
  }

  /** cibadmin registers and asks for everything; the number of its call is kept. */
  isAskedForCib(): Step[] {
    return [
      this.isOpened('cib_rw'),
      this.isAsked({ flags: FLAGS.response, message: / cib_op="register"/ }),
      this.responds(REGISTERED),
      this.isAsked(
        { flags: FLAGS.event, message: / cib_op="cib_query"/ },
        { call: / cib_callid="([0-9]+)"/ },
      ),
    ];
  }
}

const NODE =
  '<create_reply_adv t="crmd" version="3.16.1" subt="response" reference="{reference}" crm_task="node-info" ' +
  'crm_sys_to="tool" crm_sys_from="crmd"><crm_xml><node have-quorum="true" id="bundle-0" uname="bundle-0" ' +
  'crmd="member" remote_node="true"/></crm_xml></create_reply_adv>';

const answer = (name: string, value: string): string =>
  `<answer t="attrd" subt="query" attr_name="${name}"><node attr_host="n" attr_value="${value}"/></answer>`;

const cib = (inside: string): string =>
  '<cib-reply t="cib" cib_op="cib_query" cib_callid="{call}" cib_callopt="0" cib_rc="0"><cib_calldata>' +
  `<cib epoch="1" num_updates="0" admin_epoch="0">${inside}</cib></cib_calldata></cib-reply>`;

/** More than the tool's buffer takes unless it is compressed. */
const LARGE = Array.from(
  { length: 20_000 },
  (_none, index) => `<nvpair id="n${index}" name="é" value="&lt;${index % 7}&gt;"/>`,
).join('');

const session = new Session('main');
const second = new Session('main', 'second');
const elsewhere = new Session('other', 'another');

/** Runs as somebody else, for whom the tools' own rules hold. */
const asUser = (user: string, group: string, command: string): string =>
  `exec setpriv --reuid=${user} --regid=${group} --clear-groups ${command}`;

export const LOCAL_TOOL_CASES: readonly ContractCase[] = [
  {
    ...tools,
    name: 'tool_is_answered_by_an_event',
    clause: '6.4',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec crm_node -n'),
      ...session.isAskedForNode(),
      session.tells(NODE),
      ends('tool', { code: 0, stdout: 'bundle-0\n', stderr: '' }),
      session.isClosed(),
    ],
  },
  {
    ...tools,
    name: 'tool_is_answered_by_a_response',
    clause: '6.4',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec attrd_updater -n color -U red'),
      ...session.isAskedForAttribute('color', {
        message: /^<[^>]*task="update"[^>]* attr_value="red"[^>]*\/>$/,
      }),
      session.responds(ACK),
      ends('tool', { code: 0, stdout: '', stderr: '' }),
      session.isClosed(),
    ],
  },
  {
    ...tools,
    name: 'tool_prints_what_the_cluster_answers',
    clause: '6.4, 6.6',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec attrd_updater -n color -Q -N n'),
      ...session.isAskedForAttribute('color'),
      session.responds(answer('color', 'r&#233;d')),
      ends('tool', { code: 0, stdout: 'name="color" host="n" value="réd"\n' }),
    ],
  },
  {
    ...tools,
    name: 'tool_gets_its_own_answer',
    clause: '6.4',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec attrd_updater -n first -Q -N n'),
      ...session.isAskedForAttribute('first'),
      starts('second', 'exec attrd_updater -n second -Q -N n'),
      ...second.isAskedForAttribute('second'),
      second.responds(answer('second', '2')),
      ends('second', { code: 0, stdout: 'name="second" host="n" value="2"\n' }),
      session.responds(answer('first', '1')),
      ends('tool', { code: 0, stdout: 'name="first" host="n" value="1"\n' }),
    ],
  },
  {
    ...tools,
    name: 'tool_asks_several_times_in_one_session',
    clause: '6.4, 6.5',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec cibadmin -Q'),
      ...session.isAskedForCib(),
      session.tells(cib('<configuration/>')),
      ends('tool', { code: 0, stdout: /^<cib .*\n +<configuration\/>\n<\/cib>\n$/ }),
      session.isClosed(),
    ],
  },
  {
    ...tools,
    name: 'tool_gets_a_large_answer',
    clause: '6.6',
    steps: [
      main.connects(isProvider),
      starts('tool', `cibadmin -Q | grep -c '<nvpair id="n[0-9]*" name="é" value="&lt;[0-6]&gt;"/>'`),
      ...session.isAskedForCib(),
      session.tells(cib(LARGE)),
      ends('tool', { code: 0, stdout: '20000\n' }),
    ],
  },
  {
    ...tools,
    name: 'tool_sends_a_large_request',
    clause: '6.6',
    steps: [
      main.connects(isProvider),
      starts(
        'tool',
        `exec 2>&1; { printf '<cib epoch="2" num_updates="0" admin_epoch="0"><configuration>'; i=0; ` +
          `while [ $i -lt 20000 ]; do echo "<nvpair id='n$i' name='a' value='b'/>"; i=$((i + 1)); done; ` +
          `printf '</configuration></cib>'; } >/run/contract/cib.xml; exec cibadmin --replace --xml-file /run/contract/cib.xml`,
      ),
      session.isOpened('cib_rw'),
      session.isAsked({ message: / cib_op="register"/ }),
      session.responds(REGISTERED),
      session.isAsked(
        {
          message:
            /^<[^>]* cib_op="cib_replace".*<nvpair id="n19999" name="a" value="b"\/><\/configuration>/s,
        },
        { call: / cib_callid="([0-9]+)"/ },
      ),
      session.tells(
        '<cib-reply t="cib" cib_op="cib_replace" cib_callid="{call}" cib_callopt="0" cib_rc="0"/>',
      ),
      ends('tool', { code: 0, stdout: '' }),
    ],
  },
  {
    ...tools,
    name: 'tool_text_that_is_not_well_formed',
    clause: '2.6, 6.4',
    steps: [
      main.connects(isProvider),
      file('/run/contract/cib.xml', 'written', '<cib a="1"><nvpair id="é&quot;x" name="&lt;"/><last/></cib>'),
      starts('tool', 'exec cibadmin --replace --xml-file /run/contract/cib.xml'),
      session.isOpened('cib_rw'),
      session.isAsked({ message: / cib_op="register"/ }),
      session.responds(REGISTERED),
      session.isAsked({ message: /^<[^>]* cib_op="cib_replace".*<cib a="1"><nvpair id="é"\/><last\/>/ }),
    ],
  },
  {
    ...tools,
    name: 'tool_ends_when_the_cluster_closes_its_session',
    clause: '6.4',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec attrd_updater -n color -U red'),
      ...session.isAskedForAttribute('color'),
      session.closes(),
      ends('tool', { code: 102, stderr: /not connected/ }),
    ],
  },
  {
    ...tools,
    name: 'tool_ends_with_its_provider',
    clause: '6.5',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec attrd_updater -n color -U red'),
      ...session.isAskedForAttribute('color'),
      main.leaves(),
      ends('tool', { code: 102, stderr: /not connected/ }),
    ],
  },
  {
    ...tools,
    name: 'tool_is_served_by_the_newest_provider',
    clause: '3.7, 6.3',
    steps: [
      main.connects(isProvider),
      other.connects(isProvider),
      starts('tool', 'exec attrd_updater -n color -U red'),
      ...elsewhere.isAskedForAttribute('color'),
      elsewhere.responds(ACK),
      ends('tool', { code: 0 }),
      main.hearsNone({ type: 'proxy' }, QUIET_MS),
    ],
  },
  {
    ...tools,
    name: 'tool_is_served_by_the_provider_that_is_left',
    clause: '6.3',
    steps: [
      main.connects(isProvider),
      other.connects(isProvider),
      other.leaves(),
      main.pokes(),
      starts('tool', 'exec attrd_updater -n color -U red'),
      ...session.isAskedForAttribute('color'),
      session.responds(ACK),
      ends('tool', { code: 0 }),
    ],
  },
  {
    ...tools,
    name: 'tool_is_refused_without_a_provider',
    clause: '6.3, 6.8',
    steps: [
      main.connects(),
      starts('node', 'exec crm_node -n'),
      starts('attribute', 'exec attrd_updater -n color -U red'),
      starts('cib', 'exec cibadmin -Q'),
      ends('node', { code: 1, stderr: /Remote I\/O error/ }),
      ends('attribute', { code: 1, stderr: /Remote I\/O error/ }),
      ends('cib', { code: 102, stderr: /not connected/ }),
    ],
  },
  {
    ...tools,
    name: 'tool_is_refused_when_the_last_provider_has_left',
    clause: '6.3',
    steps: [
      main.connects(isProvider),
      other.connects(),
      main.leaves(),
      other.pokes(),
      starts('tool', 'exec crm_node -n'),
      ends('tool', { code: 1, stderr: /Remote I\/O error/ }),
    ],
  },
  {
    ...tools,
    name: 'tool_is_refused_by_pacemakerd',
    clause: '6.2, 6.8',
    steps: [
      main.connects(isProvider),
      starts('tool', 'exec crmadmin --pacemakerd'),
      ends('tool', { code: 1, stderr: /Remote I\/O error/ }),
    ],
  },
  {
    classes: ['tools', 'alert'],
    name: 'tool_of_another_user_brings_the_name',
    clause: '6.3, 6.4',
    steps: [
      main.connects(isProvider),
      starts('tool', asUser('hacluster', 'haclient', 'attrd_updater -n color -U red')),
      ...session.isAskedForAttribute('color', { user: 'hacluster' }),
      session.responds(ACK),
      ends('tool', { code: 0 }),
    ],
  },
  {
    classes: ['none'],
    name: 'messages_for_an_unknown_local_client_are_answered_with_its_end',
    clause: '6.4',
    steps: [
      main.connects(isProvider),
      ...(['response', 'event', 'destroy'] as const).flatMap((op) => [
        forwards('main', op, { session: `nobody-${op}`, messageId: '7', message: '<ack/>' }),
        isTold('main', { op: 'destroy', session: `nobody-${op}` }),
      ]),
    ],
  },
];
