import { type DocumentElement, readDocument } from '../../protocol/xml-document.ts';
import type { DeclaredAction, DeclaredParameter, Metadata } from '../subject.ts';
import { durationMs } from './durations.ts';
import type { MetadataFault } from './schema-faults.ts';

/** What `meta-data` printed: what is known of the agent by it, and why it is no document, or not one of an agent. */
export interface MetadataReading {
  /** Undefined where nothing can be relied on. */
  readonly metadata?: Metadata;
  /** The document, for who asks more. */
  readonly root?: DocumentElement;
  readonly hasDoctype: boolean;
  readonly faults: readonly MetadataFault[];
}

const ROOT = 'resource-agent';
/** Characters of a text in a fault. */
const SHOWN_LIMIT = 80;
/** Pacemaker takes these words for yes in any case [pcmk crm_str_to_boolean]. */
const YES: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on', 'y']);

/**
 * Reads metadata strictly: one well-formed document with the root `resource-agent` and nothing around it. What is missing inside is left out or
 * empty, not a fault: that is what `schemaFaults` is for.
 */
export function readMetadata(text: string): MetadataReading {
  const reading = readDocument(text);
  if (reading.fault !== undefined) {
    const seen = textAround(text) ?? `${reading.fault.message} in or before line ${reading.fault.line}`;
    return { hasDoctype: false, faults: [{ expected: 'one XML document', seen }] };
  }
  const { root, hasDoctype } = reading;
  if (root.name !== ROOT) {
    return { root, hasDoctype, faults: [{ expected: `the root element ${ROOT}`, seen: root.name }] };
  }
  return { root, hasDoctype, metadata: metadataOf(root), faults: [] };
}

/** What agents print beside their metadata most often, in words of its own: the reader only knows where it noticed. */
function textAround(text: string): string | undefined {
  const [before = ''] = text.split('<', 1);
  const after = text.slice(text.lastIndexOf('>') + 1);
  if (before.trim() !== '') {
    return text.includes('<') ? `text in front of one: ${shown(before)}` : `text: ${shown(before)}`;
  }
  if (text.trim() === '') {
    return 'nothing';
  }
  return after.trim() === '' ? undefined : `text behind one: ${shown(after)}`;
}

function shown(text: string): string {
  return JSON.stringify(text.trim().slice(0, SHOWN_LIMIT));
}

function metadataOf(root: DocumentElement): Metadata {
  const { name = '', version } = root.attributes;
  return {
    name,
    apiVersion: childOf(root, 'version')?.text.trim() ?? '',
    ...(version === undefined ? {} : { agentVersion: version }),
    parameters: childrenOf(childOf(root, 'parameters'), 'parameter').map(parameterOf),
    actions: childrenOf(childOf(root, 'actions'), 'action').map(actionOf),
  };
}

function parameterOf(element: DocumentElement): DeclaredParameter {
  const { attributes } = element;
  const content = childOf(element, 'content');
  const deprecated = childOf(element, 'deprecated');
  const uniqueGroup = attributes['unique-group'];
  const defaultValue = content?.attributes['default'];
  return {
    name: attributes['name'] ?? '',
    type: content?.attributes['type'] ?? 'string',
    isRequired: isYes(attributes['required']),
    isUnique: isYes(attributes['unique']),
    ...(uniqueGroup === undefined ? {} : { uniqueGroup }),
    isReloadable: isYes(attributes['reloadable']),
    isPrivate: isYes(attributes['private']),
    isDeprecated: deprecated !== undefined,
    replacedWith: namesOf(childrenOf(deprecated, 'replaced-with'), 'name'),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    options: namesOf(childrenOf(content, 'option'), 'value'),
  };
}

function actionOf({ attributes }: DocumentElement): DeclaredAction {
  const timeoutMs = durationMs(attributes['timeout']);
  const intervalMs = durationMs(attributes['interval']);
  const { name = '', depth, role } = attributes;
  return {
    name,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(depth === undefined ? {} : { depth }),
    ...(role === undefined ? {} : { role }),
  };
}

function isYes(text: string | undefined): boolean {
  return YES.has(text?.toLowerCase() ?? '');
}

function namesOf(elements: readonly DocumentElement[], attribute: string): readonly string[] {
  return elements.map(({ attributes }) => attributes[attribute]).filter((each) => each !== undefined);
}

/** The first child of that name. */
export function childOf(element: DocumentElement | undefined, name: string): DocumentElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** All children of that name. */
export function childrenOf(element: DocumentElement | undefined, name: string): readonly DocumentElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}
