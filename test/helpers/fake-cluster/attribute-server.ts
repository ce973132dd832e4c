import type { Cib } from './cib.ts';
import type { ClusterNode } from './controller-server.ts';
import { type Answer, acknowledge, response, type Server, type ServerRequest } from './server.ts';
import { childElements, elementText, parseXml } from './xml.ts';

/** Exit codes that an update is answered with [pcmk crm/common/results.h]. */
const STATUS = { ok: 0, invalid: 64 } as const;

/** Transient attributes: name → node → value. A deleted one stays known, without a value. */
export type Attributes = Map<string, Map<string, string | undefined>>;

export interface AttributeServerOptions {
  readonly attributes: Attributes;
  /** Where values are written to, at once. */
  readonly cib: Cib;
  readonly nodes: readonly ClusterNode[];
  /** Whose attributes are meant where an update names no node. */
  readonly nodeName: string;
}

/** The manager of transient attributes. */
export class AttributeServer implements Server {
  readonly #attributes: Attributes;
  readonly #cib: Cib;
  readonly #nodes: readonly ClusterNode[];
  readonly #nodeName: string;

  constructor({ attributes, cib, nodes, nodeName }: AttributeServerOptions) {
    this.#attributes = attributes;
    this.#cib = cib;
    this.#nodes = nodes;
    this.#nodeName = nodeName;
  }

  handle({ message, isWaiting }: ServerRequest): readonly Answer[] {
    const read = (name: string): string | undefined => message.getAttribute(name) ?? undefined;
    const name = read('attr_name');
    switch (read('task')) {
      case 'query':
        return [response(this.#query(name ?? '', this.#named(read('attr_host'))))];
      case 'update':
      case 'update-both': {
        const host = this.#named(read('attr_host')) ?? this.#nodeName;
        const pattern = read('attr_regex');
        if (pattern !== undefined) {
          const matching = [...this.#attributes.keys()].filter((known) => new RegExp(pattern).test(known));
          for (const known of matching) {
            this.#update(known, host, read('attr_value'));
          }
          return isWaiting ? [acknowledge(STATUS.ok)] : [];
        }
        // 3.x sends several updates as children.
        const updates =
          name === undefined ? childElements(message).filter((op) => op.nodeName === 'op') : [message];
        for (const update of updates) {
          const value = update.getAttribute('attr_value') ?? undefined;
          this.#update(
            update.getAttribute('attr_name') ?? '',
            update.getAttribute('attr_host') ?? host,
            value,
          );
        }
        return isWaiting ? [acknowledge(STATUS.ok)] : [];
      }
      case 'peer-remove':
        for (const values of this.#attributes.values()) {
          values.delete(read('attr_host') ?? '');
        }
        return isWaiting ? [acknowledge(STATUS.ok)] : [];
      case 'update-delay':
      case 'refresh':
      case 'clear-failure':
        return isWaiting ? [acknowledge(STATUS.ok)] : [];
      default:
        return isWaiting ? [acknowledge(STATUS.invalid)] : [];
    }
  }

  /** 3.x asks for `localhost` where it doesn't know its own name. */
  #named(host: string | undefined): string | undefined {
    return host === 'localhost' ? this.#nodeName : host;
  }

  #update(name: string, node: string, value: string | undefined): void {
    const values = this.#attributes.get(name) ?? new Map<string, string | undefined>();
    this.#attributes.set(name, values);
    values.set(node, value === undefined ? undefined : raised(value, values.get(node)));
    this.#write(name, node, values.get(node));
  }

  /** What crm_attribute reads it from [pcmk attrd_cib.c: write_attribute]. */
  #write(name: string, node: string, value: string | undefined): void {
    const id = this.#nodes.find((known) => known.name === node)?.id ?? node;
    const nodeState = `/cib/status/node_state[@id='${id}']`;
    if (value === undefined) {
      const section = `${nodeState}/transient_attributes//nvpair[@name='${name}']`;
      this.#cib.delete({ section, isXPath: true }, undefined);
      return;
    }
    const pair = elementText('nvpair', { id: `status-${id}-${name}`.replace(/[:#]/g, '.'), name, value });
    const set = elementText('instance_attributes', { id: `status-${id}` }, pair);
    const attributes = parseXml(elementText('transient_attributes', { id }, set));
    this.#cib.modify({ section: nodeState, isXPath: true }, attributes);
  }

  /** An attribute that is not known gives an answer without its name [pcmk attrd_corosync.c]. */
  #query(name: string, node: string | undefined): string {
    const values = this.#attributes.get(name);
    const nodes = node === undefined ? [...(values?.keys() ?? [])] : [node];
    const content = nodes.map((host) =>
      elementText('node', { attr_host: host, attr_value: values?.get(host) }),
    );
    const attributes = {
      t: 'attrd',
      subt: 'query',
      version: 2,
      attr_name: values === undefined ? undefined : name,
    };
    return elementText('query_reply', attributes, values === undefined ? '' : content.join(''));
  }
}

/** `value++` and `value+=5` stand for what was there before, 0 at first [pcmk attrd_elections: attrd_expand_value]. */
function raised(value: string, before = '0'): string {
  const step = /^value(?:(\+\+)|\+=(\d+))$/.exec(value);
  return step === null ? value : String(Number(before) + (step[1] === undefined ? Number(step[2]) : 1));
}
