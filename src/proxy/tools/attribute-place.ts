import { element, type XmlElement } from '../../protocol/xml-tree.ts';
import type { ClusterNode } from './cluster-node.ts';
import { xpathText } from './xpath-text.ts';

/** Sections that can be searched, with where they are [pcmk xpath.c: pcmk_cib_xpath_for]. */
const SECTION_PATHS: ReadonlyMap<string, string> = new Map([
  ['cib', '//cib'],
  ['all', '//cib'],
  ['status', '//cib/status'],
  ['configuration', '//cib/configuration'],
  ...[
    'crm_config',
    'nodes',
    'resources',
    'constraints',
    'rsc_defaults',
    'op_defaults',
    'acls',
    'tags',
    'alerts',
    'fencing-topology',
  ].map((section) => [section, `//cib/configuration/${section}`] as const),
]);

/** Where in the configuration an attribute is, or would be. */
export interface AttributePlace {
  /** `tickets` is a part of the section `status`. */
  readonly section: string;
  /** Whose it is, in sections that may hold attributes of nodes. */
  readonly node: ClusterNode | undefined;
  readonly isUtilization: boolean;
  /** XML id of its set, where it must be a certain one. */
  readonly setName: string | undefined;
}

/** Which attribute is meant; all of the place if nothing is said. */
export interface AttributeKey {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** XPath of the attributes that are meant; undefined for an unknown section [pcmk cib_attrs.c: find_attr]. */
export function attributePath(place: AttributePlace, { id, name }: AttributeKey): string | undefined {
  const { section, node, setName } = place;
  const base = SECTION_PATHS.get(section === 'tickets' ? 'status' : section);
  if (base === undefined) {
    return undefined;
  }
  const owner = section === 'tickets' ? '//tickets' : node === undefined ? '' : ownerPath(section, node.id);
  const set = setName === undefined ? '' : `[@id=${xpathText(setName)}]`;
  const wanted = [
    ...(id === undefined ? [] : [`@id=${xpathText(id)}`]),
    ...(name === undefined ? [] : [`@name=${xpathText(name)}`]),
  ];
  const filter = wanted.length === 0 ? '' : `[${wanted.join(' and ')}]`;
  return `${base}${owner}//${setElement(place)}${set}//nvpair${filter}`;
}

/** A change: the section that it is sent for, and what is merged into it. */
export interface AttributeChange {
  readonly section: string;
  readonly data: XmlElement;
  /** Id of the set that is made where it is missing; absent: the attribute is there already. */
  readonly setName?: string;
}

/** The element of an attribute that is there. */
export function nvpair({ id, name }: AttributeKey, value?: string): XmlElement {
  return element('nvpair', { id, name, value });
}

/** What makes an attribute that is not there, with all that is around it [pcmk cib_attrs.c: cib__update_node_attr]. */
export function newAttribute(place: AttributePlace, key: AttributeKey, value: string): AttributeChange {
  const setName = place.setName ?? setNameOf(place);
  const id = key.id ?? `${setName}-${key.name}`.replace(/[:#]/g, '.');
  const name = key.name ?? key.id;
  const set = element(newSetElement(place), { id: setName }, [nvpair({ id, name }, value)]);
  return {
    section: place.section === 'tickets' ? 'status' : place.section,
    data: around(place, set),
    setName,
  };
}

/** The elements from the section's level down to the set. */
function around({ section, node }: AttributePlace, set: XmlElement): XmlElement {
  if (section === 'tickets') {
    return element('status', {}, [element('tickets', {}, [set])]);
  }
  if (node === undefined || !isOfNodes(section)) {
    return element(section, {}, [set]);
  }
  const { id, isRemote } = node;
  if (section === 'status') {
    return element('node_state', { id }, [element('transient_attributes', { id }, [set])]);
  }
  // Another than a cluster node may have no entry yet.
  return isRemote
    ? element('nodes', {}, [element('node', { type: 'remote', id, uname: id }, [set])])
    : element('node', { id }, [set]);
}

/** Whether what is made there belongs to a node. */
const isOfNodes = (section: string): boolean => section === 'nodes' || section === 'status';

/** In what attributes of a node are: for `status` its state, else its entry. */
const ownerPath = (section: string, id: string): string =>
  `//${section === 'status' ? 'node_state' : 'node'}[@id=${xpathText(id)}]`;

function setElement({ section, node, isUtilization }: AttributePlace): string {
  switch (section) {
    case 'crm_config':
      return 'cluster_property_set';
    case 'rsc_defaults':
    case 'op_defaults':
      return 'meta_attributes';
    case 'status':
      return node === undefined ? 'instance_attributes' : 'transient_attributes';
    default:
      return isUtilization ? 'utilization' : 'instance_attributes';
  }
}

/** A search takes all transient attributes of a node, a new one needs a set among them. */
function newSetElement({ section, isUtilization }: AttributePlace): string {
  if (section === 'crm_config') {
    return 'cluster_property_set';
  }
  const plain = isUtilization ? 'utilization' : 'instance_attributes';
  return isOfNodes(section) || section === 'tickets' ? plain : 'meta_attributes';
}

function setNameOf({ section, node, isUtilization }: AttributePlace): string {
  if (section === 'crm_config') {
    return 'cib-bootstrap-options';
  }
  if (section === 'tickets') {
    return 'status-tickets';
  }
  return node === undefined || !isOfNodes(section)
    ? `${section}-options`
    : `${section}-${node.id}${isUtilization ? '-utilization' : ''}`;
}
