import { constants } from 'node:os';
import { OURSELVES, targetNode } from './attribute-manager.ts';
import { type AttributeWish, readWish, USAGE } from './attribute-wish.ts';
import { AttributeWork } from './attribute-work.ts';
import { CibClient, CibFailure } from './cib-client.ts';
import { type ClusterNode, nodeOf, nodePath } from './cluster-node.ts';
import { readCommandLine } from './command-line.ts';
import { askNodeInfo } from './controller.ts';
import { outputFor, type ToolOutput, unknownFormat } from './output.ts';
import { EREMOTEIO, errorText, exitCodeOf, succeeded, TOOL_EXIT, withoutWork } from './result.ts';
import type { ToolCall, ToolContext, ToolResult } from './tool.ts';

/** So long the real one waits for the controller, in ms: not so long as crm_node, an agent's operation shall not end by it. */
const CONTROLLER_MS = 6000;

/** `crm_attribute`, as it works on a remote node [pcmk crm_attribute.c]. */
export async function crmAttribute(call: ToolCall, context: ToolContext): Promise<ToolResult> {
  const line = readCommandLine(USAGE, call.args);
  const done = withoutWork(USAGE, line);
  if (done !== undefined || line.kind !== 'given') {
    return done ?? succeeded();
  }
  const output = outputFor(call, line.options);
  if (output === undefined) {
    return unknownFormat(call, line.options);
  }
  const wish = readWish(line.options, call.env);
  const wrong = wrongBeforeWork(wish);
  return wrong === undefined
    ? connected(wish, output, { call, context })
    : output.failed(TOOL_EXIT.usage, wrong);
}

interface From {
  readonly call: ToolCall;
  readonly context: ToolContext;
}

function wrongBeforeWork({ isPromotionScore, name, destination = '-' }: AttributeWish): string | undefined {
  if (destination !== '-') {
    return `Expected --output-to=-, got ${destination}; redirect the output instead`;
  }
  return isPromotionScore && name === undefined
    ? '-p/--promotion must be called from an OCF resource agent or with a resource ID specified'
    : undefined;
}

async function connected(wish: AttributeWish, output: ToolOutput, from: From): Promise<ToolResult> {
  const variable = elsewhere(from.call);
  if (variable !== undefined) {
    const what = `Could not connect to the CIB: ${errorText(constants.errno.EOPNOTSUPP)}`;
    const remedy = `Expected ${variable} not to be set: this tool asks the cluster itself; use Pacemaker's own`;
    return output.failed(TOOL_EXIT.unimplemented, what, remedy);
  }
  const opened = await CibClient.open(from.call, from.context);
  if (typeof opened === 'number') {
    return output.failed(exitCodeOf(opened), `Could not connect to the CIB: ${errorText(opened)}`);
  }
  using cib = opened;
  const section = sectionOf(wish);
  const owner = belongsToNode(section) ? await ownerOf(wish, cib, from) : ALL_NODES;
  if ('problem' in owner) {
    return output.failed(owner.exitCode, owner.problem);
  }
  const wrong = wrongFor(wish, section);
  if (wrong !== undefined) {
    return output.failed(TOOL_EXIT.usage, wrong);
  }
  return await new AttributeWork({
    ...from,
    wish,
    output,
    cib,
    section,
    node: owner.node,
    host: owner.host ?? wish.node,
  }).run();
}

/**
 * The variable that names another configuration than the cluster's, where the real one would work on that: a trial must not
 * change the cluster [pcmk cib_client.c: cib_new].
 */
function elsewhere({ env }: ToolCall): string | undefined {
  return ['CIB_shadow', 'CIB_file', 'CIB_port'].find(
    (name) => env[name] !== undefined && !(name === 'CIB_shadow' && env[name] === ''),
  );
}

/** The section that is meant, by whatever option. */
function sectionOf({ section, node, isPromotionScore }: AttributeWish): string {
  const named = section ?? (isPromotionScore ? 'reboot' : node === undefined ? 'crm_config' : 'forever');
  switch (named.toLowerCase()) {
    case 'reboot':
      return 'status';
    case 'forever':
      return 'nodes';
    default:
      return named;
  }
}

/** The real one looks for a node even where it is of no use later, as for `rsc_defaults`. */
const belongsToNode = (section: string): boolean =>
  !['crm_config', 'tickets'].includes(section.toLowerCase());

function wrongFor({ command, name, pattern }: AttributeWish, section: string): string | undefined {
  if (command === 'delete' && name === undefined && pattern === undefined) {
    return 'Error: must specify attribute name or pattern to delete';
  }
  return pattern !== undefined && command !== 'query' && section.toLowerCase() !== 'status'
    ? 'Error: pattern can only be used with query, or with till-reboot update or delete'
    : undefined;
}

/** Whose attribute it is. */
interface Owner {
  readonly node: ClusterNode | undefined;
  /** Its name, as it was given or as the cluster says. */
  readonly host: string | undefined;
}

const ALL_NODES: Owner = { node: undefined, host: undefined };

interface Problem {
  readonly exitCode: number;
  readonly problem: string;
}

async function ownerOf(wish: AttributeWish, cib: CibClient, from: From): Promise<Owner | Problem> {
  const named = targetNode(wish.node, from.call.env);
  // The real one takes a name that it has freed, where nothing says which node `auto` is.
  const host = named === undefined || OURSELVES.test(named) ? await ownName(from) : named;
  if (typeof host !== 'string') {
    return host;
  }
  const node = await nodeNamed(host, cib);
  if (node === undefined) {
    return { exitCode: TOOL_EXIT.noSuch, problem: `Could not map name=${host} to a UUID` };
  }
  return { node, host };
}

/** The controller knows which node we are. */
async function ownName({ call, context }: From): Promise<string | Problem> {
  const outcome = await askNodeInfo(call, context, { limitMs: CONTROLLER_MS });
  if (outcome.kind === 'failed') {
    const { errno } = outcome;
    const what = errno === EREMOTEIO ? 'connect to' : 'ping';
    return { exitCode: exitCodeOf(errno), problem: `Could not ${what} controller: ${errorText(errno)}` };
  }
  return outcome.answer.name ?? { exitCode: TOOL_EXIT.noHost, problem: 'Node is not known to cluster' };
}

/** Whatever keeps the cluster from telling, the real one knows no node then. */
async function nodeNamed(name: string, cib: CibClient): Promise<ClusterNode | undefined> {
  try {
    const [first] = await cib.find(nodePath(name));
    return first === undefined ? undefined : nodeOf(first);
  } catch (error) {
    if (error instanceof CibFailure) {
      return undefined;
    }
    throw error;
  }
}
