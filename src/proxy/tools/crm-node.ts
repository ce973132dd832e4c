import { constants } from 'node:os';
import {
  COMMON_OPTIONS,
  type GivenOption,
  helpText,
  readCommandLine,
  type ToolUsage,
} from './command-line.ts';
import { askNodeInfo, askNodes, leadingNumber, type NodeInfo } from './controller.ts';
import { EREMOTEIO, errorText, exitCodeOf, failed, succeeded, TOOL_EXIT, withoutWork } from './result.ts';
import type { ToolCall, ToolContext, ToolResult } from './tool.ts';

const USAGE: ToolUsage = {
  name: 'crm_node',
  does: 'tells which node this is, and which there are',
  helpPages: ['commands', 'additional'],
  options: [
    { long: 'cluster-id', short: 'i', meaning: "this node's number in the cluster, -1 for a remote node" },
    { long: 'list', short: 'l', meaning: 'number, name and state of each cluster node' },
    { long: 'name', short: 'n', meaning: "this node's name" },
    { long: 'partition', short: 'p', meaning: 'names of the nodes that are members' },
    { long: 'quorum', short: 'q', meaning: '1 where the partition has quorum, else 0' },
    {
      long: 'name-for-id',
      short: 'N',
      value: 'ID',
      joined: true,
      meaning: 'name of the node with that number',
    },
    { long: 'remove', short: 'R', value: 'NAME', joined: true, meaning: 'not here: on a cluster node only' },
    { long: 'force', short: 'f', meaning: 'taken, for --remove' },
    ...COMMON_OPTIONS,
    { long: 'quiet', short: 'Q', meaning: 'taken, without effect' },
    { long: 'corosync', short: 'C' },
  ],
};

/** Of several commands the last one counts. */
const COMMANDS: ReadonlySet<string> = new Set([
  'cluster-id',
  'list',
  'name',
  'partition',
  'quorum',
  'name-for-id',
  'remove',
]);

/** `crm_node`, as it answers on a remote node [pcmk crm_node.c]. */
export async function crmNode(call: ToolCall, context: ToolContext): Promise<ToolResult> {
  const line = readCommandLine(USAGE, call.args);
  const done = withoutWork(USAGE, line);
  if (done !== undefined || line.kind !== 'given') {
    return done ?? succeeded();
  }
  const { options } = line;
  switch (options.findLast(({ option }) => COMMANDS.has(option))?.option) {
    case 'name':
      return ownName(call) ?? nodeInfo(call, context, { show: showName });
    case 'name-for-id':
      return nodeInfo(call, context, { show: showName, id: idIn(options) });
    case 'cluster-id':
      return nodeInfo(call, context, { show: showId });
    case 'quorum':
      return nodeInfo(call, context, { show: showQuorum });
    case 'list':
      return list(call, context, false);
    case 'partition':
      return list(call, context, true);
    case 'remove':
      return remove(options);
    default:
      return { exitCode: TOOL_EXIT.usage, stdout: '', stderr: helpText(USAGE) };
  }
}

/** The cluster tells each agent where it runs, so that most calls need nobody else. */
function ownName(call: ToolCall): ToolResult | undefined {
  const name = call.env['OCF_RESKEY_CRM_meta_on_node'];
  return name === undefined ? undefined : succeeded(`${name}\n`);
}

/** What is no number, or none of a node, asks for this node. */
function idIn(options: readonly GivenOption[]): number | undefined {
  const id = leadingNumber(options.findLast(({ option }) => option === 'name-for-id')?.value) ?? 0;
  return id > 0 && id < 2 ** 31 ? id : undefined;
}

interface Question {
  readonly show: (info: NodeInfo) => ToolResult;
  readonly id?: number | undefined;
}

async function nodeInfo(call: ToolCall, context: ToolContext, { show, id }: Question): Promise<ToolResult> {
  const outcome = await askNodeInfo(call, context, { id });
  return outcome.kind === 'failed' ? unanswered(outcome.errno) : show(outcome.answer);
}

function showName({ name }: NodeInfo): ToolResult {
  return name === undefined
    ? failed(TOOL_EXIT.noHost, 'Node is not known to cluster')
    : succeeded(`${name}\n`);
}

function showId({ id }: NodeInfo): ToolResult {
  return id === undefined
    ? failed(TOOL_EXIT.protocol, 'error: Controller reply did not contain node ID')
    : succeeded(`${leadingNumber(id) ?? -1}\n`);
}

function showQuorum({ hasQuorum }: NodeInfo): ToolResult {
  return {
    exitCode: hasQuorum ? TOOL_EXIT.ok : TOOL_EXIT.quorum,
    stdout: hasQuorum ? '1\n' : '0\n',
    stderr: '',
  };
}

async function list(call: ToolCall, context: ToolContext, isPartition: boolean): Promise<ToolResult> {
  const outcome = await askNodes(call, context);
  if (outcome.kind === 'failed') {
    return unanswered(outcome.errno);
  }
  if (isPartition) {
    const members = outcome.answer.filter(({ state }) => state === 'member');
    return succeeded(`${members.map(({ name }) => `${name} `).join('')}\n`);
  }
  return succeeded(outcome.answer.map(({ id, name, state }) => `${id} ${name} ${state}\n`).join(''));
}

function remove(options: readonly GivenOption[]): ToolResult {
  if (!options.some(({ option }) => option === 'force')) {
    // The two blanks are the real one's.
    return failed(
      TOOL_EXIT.usage,
      'The supplied command is considered dangerous.  To prevent accidental destruction of the cluster, ' +
        'the --force flag is required in order to proceed.',
    );
  }
  // The real one ends so on a remote node too, though it has removed half of the node by then.
  return failed(
    TOOL_EXIT.error,
    `Connection to pacemakerd failed: ${errorText(EREMOTEIO)} (${EREMOTEIO})\nRun crm_node --remove on a cluster node`,
  );
}

function unanswered(errno: number): ToolResult {
  switch (errno) {
    case EREMOTEIO:
      return failed(exitCodeOf(errno), `error: Could not connect to controller: ${errorText(errno)}`);
    case constants.errno.ENOTCONN:
      return failed(exitCodeOf(errno), 'error: Lost connection to controller');
    default:
      return failed(exitCodeOf(errno), `error: Bad reply from controller: ${errorText(errno)}`);
  }
}
