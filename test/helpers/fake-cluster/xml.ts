import { createRequire } from 'node:module';
import { DOMParser, type Element, type Node, XMLSerializer } from '@xmldom/xmldom';

interface XPath {
  select(expression: string, node: Node): unknown;
}

// By `require`, so that its types, which bring those of a browser to the whole project, stay out.
const xpath = createRequire(import.meta.url)('xpath') as XPath;

/** Reads a document; throws for what is not well-formed. */
export function parseXml(text: string): Element {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement;
  if (root === null) {
    throw new Error(`Expected an XML document, got ${text}`);
  }
  return root;
}

const serializer = new XMLSerializer();

export const writeNode = (node: Node): string => serializer.serializeToString(node);

/** The elements that an XPath 1.0 expression selects, in the order of the document. */
export function selectElements(expression: string, root: Element): Element[] {
  const selected = xpath.select(expression, root.ownerDocument ?? root);
  return Array.isArray(selected) ? selected.filter(isElement) : [];
}

export const childElements = (parent: Element): Element[] => [...parent.childNodes].filter(isElement);

export const childNamed = (parent: Element, name: string): Element | undefined =>
  childElements(parent).find(({ nodeName }) => nodeName === name);

function isElement(node: Node): node is Element {
  return node.nodeType === ELEMENT_NODE;
}

/** `Node.ELEMENT_NODE` [DOM]. */
const ELEMENT_NODE = 1;

type AttributeValue = string | number | undefined;

/** Writes an element whose children are text of XML already. Undefined attributes are left out. */
export function elementText(
  name: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  content = '',
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeValue(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
};

const escapeValue = (text: string): string =>
  text.replace(/[<>&"]/g, (character) => REFERENCES[character] ?? character);
