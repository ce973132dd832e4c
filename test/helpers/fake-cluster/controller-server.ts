import { type Answer, acknowledge, event, type Server, type ServerRequest } from './server.ts';
import { elementText } from './xml.ts';

export interface ClusterNode {
  readonly id: string;
  readonly name: string;
  readonly isRemote: boolean;
}

/** What is asked of a node's executor is answered under another name [pcmk ipc_controld.c: dispatch]. */
const REPLY_TASK: Readonly<Record<string, string>> = { lrm_delete: 'lrm_invoke', lrm_fail: 'lrm_invoke' };

/** The controller, as `crm_node`, `crmadmin` and `crm_resource` meet it. */
export class ControllerServer implements Server {
  readonly #nodes: readonly ClusterNode[];
  readonly #nodeName: string;

  /** @param nodeName the node that is meant where a question names none */
  constructor(nodes: readonly ClusterNode[], nodeName: string) {
    this.#nodes = nodes;
    this.#nodeName = nodeName;
  }

  handle({ message, isWaiting }: ServerRequest): readonly Answer[] {
    const task = message.getAttribute('crm_task') ?? '';
    // The confirmation comes first, what was asked for later and as an event [local-ipc 6.2].
    const confirmed = isWaiting ? [acknowledge()] : [];
    const data = this.#answer(task, message);
    if (data === undefined) {
      return confirmed;
    }
    const attributes = {
      t: 'crmd',
      version: '3.16.1',
      subt: 'response',
      reference: message.getAttribute('reference') ?? '',
      crm_task: REPLY_TASK[task] ?? task,
      crm_sys_to: message.getAttribute('crm_sys_from') ?? '',
      crm_sys_from: 'crmd',
    };
    return [
      ...confirmed,
      event(elementText('create_reply_adv', attributes, elementText('crm_xml', {}, data))),
    ];
  }

  #answer(task: string, message: ServerRequest['message']): string | undefined {
    switch (task) {
      case 'node-info':
        return this.#nodeInfo(message);
      case 'list-nodes':
        return elementText(
          'nodes',
          {},
          this.#nodes
            .filter(({ isRemote }) => !isRemote)
            .map(nodeText)
            .join(''),
        );
      case 'ping':
        return elementText('ping', { result: 'ok', crmd_state: 'S_IDLE', crm_subsystem: 'crmd' });
      case 'reprobe':
      case 'lrm_delete':
      case 'lrm_fail':
        return elementText('lrm_rsc_op', {});
      default:
        return undefined;
    }
  }

  #nodeInfo(message: ServerRequest['message']): string {
    const [asked] = message.getElementsByTagName('node');
    const name = asked?.getAttribute('uname') ?? undefined;
    const id = asked?.getAttribute('id') ?? undefined;
    const isMeant = (node: ClusterNode): boolean =>
      id === undefined || id === '0' || id === '' ? node.name === (name ?? this.#nodeName) : node.id === id;
    const node = this.#nodes.find(isMeant);
    if (node === undefined) {
      return elementText('node', { 'have-quorum': 'true' });
    }
    return elementText('node', {
      'have-quorum': 'true',
      id: node.id,
      uname: node.name,
      crmd: 'member',
      remote_node: String(node.isRemote),
    });
  }
}

/** Remote nodes are not in it [pcmk controld_messages.c: handle_node_list]. */
const nodeText = ({ id, name }: ClusterNode): string =>
  elementText('node', { id, uname: name, in_ccm: 'member' });
