import { element, type XmlElement } from '../../protocol/xml-tree.ts';
import { ClusterSession } from '../cluster-session.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { EREMOTEIO } from './result.ts';
import type { ToolCall, ToolContext } from './tool.ts';

/** So long the C library waits for an answer of the attribute manager, in ms [local-ipc 5.5]. */
const ANSWER_MS = 6000;

/** What the attribute manager can be asked for [pcmk ipc_attrd.c]. */
export type AttributeTask = 'update' | 'update-both' | 'update-delay' | 'query' | 'refresh';

export interface AttributeRequest {
  readonly task: AttributeTask;
  readonly name?: string | undefined;
  /** Of an update: all whose names match, in place of one name. */
  readonly pattern?: string | undefined;
  /** Of an update; absent deletes. */
  readonly value?: string | undefined;
  /** Absent: the node that the cluster knows us as; for a query all nodes. */
  readonly node?: string | undefined;
  readonly set?: string | undefined;
  /** As it was given: `5`, `5s`. */
  readonly delay?: string | undefined;
  readonly isPrivate?: boolean | undefined;
  /** Whether the node is known to be no cluster node. */
  readonly isRemote?: boolean | undefined;
}

/**
 * One request to the cluster's manager of transient attributes, on a session of its own. `EREMOTEIO` is: no controller
 * is there. An update is done, as far as the real tools look, when any answer comes.
 */
export async function askAttributeManager(
  request: AttributeRequest,
  call: ToolCall,
  context: ToolContext,
): Promise<Outcome<XmlElement>> {
  const session = ClusterSession.tryOpen(context.relay, 'attrd', call);
  if (session === undefined) {
    return { kind: 'failed', errno: EREMOTEIO };
  }
  using open = session;
  return await outcomeOf(open.request(messageOf(request, call.name)), context, ANSWER_MS);
}

function messageOf(
  { task, name, pattern, value, node, set, delay, isPrivate, isRemote }: AttributeRequest,
  tool: string,
): XmlElement {
  const isUpdate = task.startsWith('update');
  const texts = {
    attr_name: name,
    attr_regex: pattern,
    task,
    attr_value: value,
    attr_dampening: delay,
    attr_host: node,
    attr_set: set,
  };
  const written = Object.entries(texts).map(([key, text]) => [key, text === undefined ? text : plain(text)]);
  return element('create_attrd_op', {
    t: 'attrd',
    src: tool,
    ...Object.fromEntries(written),
    ...(isUpdate ? { attr_is_remote: isRemote ? 1 : 0, attr_is_private: isPrivate ? 1 : 0 } : {}),
  });
}

/**
 * White space in a value, as the C library's own XML has it: a tabulator becomes four blanks, a line end two letters
 * [pcmk xml.c: crm_xml_escape]. A value that the real tools would write differently would be another value.
 */
export function plain(value: string): string {
  return value.replaceAll('\t', '    ').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** How a caller names the node that it is on. */
export const OURSELVES = /^(auto|localhost)$/i;

/**
 * The node that an update or a query is for where the caller named none, `auto` or `localhost`: what the cluster told the
 * agent [pcmk attrs.c: pcmk__node_attr_target]. Undefined: the cluster knows.
 */
export function targetNode(named: string | undefined, env: ToolCall['env']): string | undefined {
  if (named !== undefined && !OURSELVES.test(named)) {
    return named;
  }
  const host = env['CRM_meta_physical_host'];
  const isHost = env['CRM_meta_container_attribute_target']?.toLowerCase() === 'host';
  return (isHost ? host : undefined) ?? env['OCF_RESKEY_CRM_meta_on_node'] ?? named;
}
