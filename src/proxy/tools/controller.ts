import { childOf, element, findFirst, type XmlElement } from '../../protocol/xml-tree.ts';
import { ClusterSession } from '../cluster-session.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { EREMOTEIO } from './result.ts';
import type { ToolCall, ToolContext } from './tool.ts';

/** So long we wait for an answer of the controller, in ms, where the real tool has no limit and hangs. */
const PATIENT_MS = 30_000;

/** The feature set of the release that these tools are compatible with [pcmk crm.h]. */
const FEATURE_SET = '3.16.1';

/** What the controller says of a node [pcmk ipc_controld.c: set_node_info_data]. */
export interface NodeInfo {
  /** As the cluster has it: a number for a cluster node, the name for a remote one. */
  readonly id?: string;
  readonly name?: string;
  readonly hasQuorum: boolean;
}

/** A node of the cluster's list, remote ones are not in it. */
export interface ListedNode {
  readonly id: number;
  readonly name: string;
  /** `member`, `lost`, or empty. */
  readonly state: string;
}

/** Which node is asked of, and how long the answer may take. */
export interface NodeQuestion {
  /** Default: the node that we are. */
  readonly id?: number | undefined;
  /** Default: 30 s. */
  readonly limitMs?: number;
}

/** Asks the cluster's controller of a node. */
export async function askNodeInfo(
  call: ToolCall,
  context: ToolContext,
  { id, limitMs = PATIENT_MS }: NodeQuestion = {},
): Promise<Outcome<NodeInfo>> {
  const reply = await ask('node-info', { id }, { call, context, limitMs });
  if (reply.kind === 'failed') {
    return reply;
  }
  const { attributes = {} } = findFirst(reply.answer, 'node') ?? {};
  const { id: found, uname: name } = attributes as { id?: string; uname?: string };
  return {
    kind: 'answer',
    answer: {
      ...(found === undefined ? {} : { id: found }),
      ...(name === undefined ? {} : { name }),
      hasQuorum: (attributes as { 'have-quorum'?: string })['have-quorum'] === 'true',
    },
  };
}

/** Asks the cluster's controller which nodes there are, in the order of their names. */
export async function askNodes(
  call: ToolCall,
  context: ToolContext,
): Promise<Outcome<readonly ListedNode[]>> {
  const reply = await ask('list-nodes', {}, { call, context, limitMs: PATIENT_MS });
  if (reply.kind === 'failed') {
    return reply;
  }
  const nodes = (findFirst(reply.answer, 'nodes')?.children ?? []).map(({ attributes }) => ({
    id: leadingNumber(attributes['id']) ?? 0,
    name: attributes['uname'] ?? '',
    state: attributes['in_ccm'] ?? '',
  }));
  return { kind: 'answer', answer: nodes.sort((one, other) => BY_NAME.compare(one.name, other.name)) };
}

/** The number at the start of a text, as strtoll(3) takes it. */
export function leadingNumber(text: string | undefined): number | undefined {
  const digits = /^\s*[+-]?\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Digits count as numbers, capitals as small letters [pcmk strings.c: pcmk__numeric_strcasecmp]. */
const BY_NAME = new Intl.Collator('en', { numeric: true, sensitivity: 'accent' });

interface From {
  readonly call: ToolCall;
  readonly context: ToolContext;
  readonly limitMs: number;
}

/** A greeting, which nobody answers, and a question, which an event answers [local-ipc 6.2]. */
async function ask(
  task: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  { call, context, limitMs }: From,
): Promise<Outcome<XmlElement>> {
  const opened = ClusterSession.tryOpen(context.relay, 'crmd', call);
  if (opened === undefined) {
    return { kind: 'failed', errno: EREMOTEIO };
  }
  using session = opened;
  const sender = `${call.pid}_${call.name}`;
  const message = (
    of: string,
    more: Readonly<Record<string, string | number | undefined>>,
    children: XmlElement[],
  ) =>
    element(
      'create_request_adv',
      {
        t: 'crmd',
        version: FEATURE_SET,
        subt: 'request',
        reference: `${of}-${call.name}-${call.pid}`,
        crm_task: of,
        ...more,
        crm_sys_from: sender,
      },
      children,
    );
  const options = { major_version: 1, minor_version: 0, client_name: call.name, client_uuid: call.pid };
  const question = message(task, { crm_sys_to: 'crmd', ...attributes }, []);
  const answered = session.event(({ attributes: { subt, reference } }) => {
    return subt === 'response' && reference === question.attributes['reference'];
  });
  session.send(message('hello', {}, [element('crm_xml', {}, [element('options', options)])]));
  session.send(question);
  const reply = await outcomeOf(answered, context, limitMs);
  return reply.kind === 'failed'
    ? reply
    : { kind: 'answer', answer: childOf(reply.answer, 'crm_xml') ?? element('crm_xml') };
}
