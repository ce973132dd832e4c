import { SaxesParser } from 'saxes';
import { AgentError } from '../errors/agent-error.ts';
import type { XmlElement } from './xml-tree.ts';

/** Elements inside each other; real messages have about six levels. */
export const DEPTH_LIMIT = 64;

/** Elements in one message: far above any real one, far below what would hurt. */
export const ELEMENT_LIMIT = 100_000;

/** What was read, and the first error if the text was not well-formed. */
export interface XmlReading {
  readonly root: XmlElement;
  /** Why reading ended early, everything before it is in `root`; or what attribute stands twice, of which the first counts. */
  readonly damage?: string;
}

/** Attributes in one message: a million of them would hold up the daemon for seconds. */
export const ATTRIBUTE_LIMIT = 100_000;

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  cdata?: string;
}

/**
 * Reads one message. Strict first; where the text is not well-formed it is read again as libxml2's recovering mode
 * does it: up to the error, with what is open then closed. 2.1.x controllers need that, since they stop escaping
 * after the first non-ASCII character of a value [protocol 2.6]. Of an attribute that stands twice the first counts and
 * nothing else is lost, as with libxml2: an operation must not run with half of its parameters.
 * @throws AgentError MESSAGE_INVALID when not even a root element can be read, or for a DTD, or past a limit.
 */
export function readXml(text: string): XmlReading {
  const tree = new TreeBuilder();
  let doubled: string | undefined;
  const parser = new SaxesParser({ xmlns: false, position: false, fragment: false });
  parser.on('opentagstart', (tag) => tree.open(tag.name));
  parser.on('attribute', (attribute) => tree.attribute(attribute.name, attribute.value));
  parser.on('closetag', () => tree.close());
  parser.on('cdata', (text) => tree.cdata(text));
  parser.on('doctype', () => {
    throw invalid('Expected a message without a document type, got one with it');
  });
  parser.on('error', ({ message }) => {
    if (!message.startsWith(DOUBLED)) {
      throw new Damage(message);
    }
    // The tree has the first already; the parser goes on behind the element's last attribute.
    doubled ??= message;
  });
  try {
    parser.write(replaceForbiddenReferences(text)).close();
  } catch (error) {
    if (!(error instanceof Damage)) {
      throw error;
    }
    const root = tree.closeAll();
    if (root === undefined) {
      throw invalid(`Expected an XML element, got text that is not well-formed: ${error.message}`);
    }
    return { root, damage: error.message };
  }
  const root = tree.closeAll();
  if (root === undefined) {
    throw invalid('Expected an XML element, got none');
  }
  return doubled === undefined ? { root } : { root, damage: doubled };
}

/** How the parser begins its complaint about an attribute that stands twice in an element. */
export const DOUBLED = 'duplicate attribute:';

class Damage extends Error {}

const invalid = (message: string): AgentError =>
  new AgentError('MESSAGE_INVALID', message, { labels: ['peer-fault'] });

/** Builds the tree while the parser goes, so that what was read before an error is not lost. */
class TreeBuilder {
  readonly #open: OpenElement[] = [];
  #root: OpenElement | undefined;
  #count = 0;
  #attributeCount = 0;

  open(name: string): void {
    this.#count += 1;
    if (this.#open.length >= DEPTH_LIMIT || this.#count > ELEMENT_LIMIT) {
      throw invalid(`Expected at most ${DEPTH_LIMIT} levels and ${ELEMENT_LIMIT} elements, got more`);
    }
    // No prototype: attribute names come from outside.
    const opened: OpenElement = { name, attributes: Object.create(null), children: [] };
    this.#open.at(-1)?.children.push(opened);
    this.#root ??= opened;
    this.#open.push(opened);
  }

  attribute(name: string, value: string): void {
    this.#attributeCount += 1;
    if (this.#attributeCount > ATTRIBUTE_LIMIT) {
      throw invalid(`Expected at most ${ATTRIBUTE_LIMIT} attributes in a message, got more`);
    }
    const current = this.#open.at(-1);
    if (current !== undefined && !(name in current.attributes)) {
      current.attributes[name] = value;
    }
  }

  cdata(text: string): void {
    const current = this.#open.at(-1);
    if (current !== undefined) {
      current.cdata = (current.cdata ?? '') + text;
    }
  }

  close(): void {
    this.#open.pop();
  }

  closeAll(): XmlElement | undefined {
    this.#open.length = 0;
    return this.#root;
  }
}

/**
 * 3.x controllers write control characters as references that XML forbids (`&#x1B;`) and that no strict parser
 * takes. Rather than lose the message they are made visible the way 2.1.x writes them (`\033`).
 */
export function replaceForbiddenReferences(text: string): string {
  if (!text.includes('&#')) {
    return text;
  }
  return text.replace(/&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));/g, (reference, hex, decimal) => {
    const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    const isAllowed =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      (code >= 0x10000 && code <= 0x10ffff);
    if (isAllowed) {
      return reference;
    }
    return code < 0x20 ? `\\${code.toString(8).padStart(3, '0')}` : '\ufffd';
  });
}
