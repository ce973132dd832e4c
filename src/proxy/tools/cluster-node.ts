import type { XmlElement } from '../../protocol/xml-tree.ts';
import { xpathText } from './xpath-text.ts';

/** A node as the configuration knows it. */
export interface ClusterNode {
  /** A number for a cluster node, the name for any other. */
  readonly id: string;
  /** A remote node, a guest or a bundle's replica. */
  readonly isRemote: boolean;
}

/**
 * XPath of what tells that there is a node of that name, capitals or not: its entry, the resource that connects a remote
 * node, the one that holds a guest, or the state of one that has no entry [pcmk cib_attrs.c: query_node_uuid].
 */
export function nodePath(name: string): string {
  const wanted = xpathText(name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  const is = (attribute: string): string =>
    `[translate(@${attribute},'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz') =${wanted}]`;
  const primitive = '/cib/configuration/resources/primitive';
  return [
    `/cib/configuration/nodes/node${is('uname')}`,
    `${primitive}[@class='ocf'][@provider='pacemaker'][@type='remote']${is('id')}`,
    `${primitive}/meta_attributes/nvpair[@name='remote-node']${is('value')}`,
    `/cib/status/node_state[@remote_node='true']${is('id')}`,
  ].join('|');
}

/** The node that such an element tells of; undefined if it tells of none. */
export function nodeOf({ name, attributes }: XmlElement): ClusterNode | undefined {
  switch (name) {
    case 'node':
      return attributes['type'] === 'remote'
        ? known(attributes['uname'], true)
        : known(attributes['id'], false);
    case 'primitive':
      return known(attributes['id'], true);
    case 'nvpair':
      return known(attributes['value'], true);
    case 'node_state':
      return known(attributes['uname'], attributes['remote_node'] === 'true');
    default:
      return undefined;
  }
}

const known = (id: string | undefined, isRemote: boolean): ClusterNode | undefined =>
  id === undefined ? undefined : { id, isRemote };
