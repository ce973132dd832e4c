import { SaxesParser } from 'saxes';
import { DEPTH_LIMIT, ELEMENT_LIMIT } from './xml-read.ts';

/** An element of a document that people wrote. */
export interface DocumentElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly DocumentElement[];
  /** Its own text, that of its children not among it. */
  readonly text: string;
  /** Line of its tag's end, from 1. */
  readonly line: number;
}

/** Why a text is no well-formed document. */
export interface DocumentFault {
  readonly message: string;
  /** Where it was noticed: it is there or before. From 1. */
  readonly line: number;
}

/** A document, or why it is none. */
export type DocumentReading =
  | { readonly root: DocumentElement; readonly hasDoctype: boolean; readonly fault?: undefined }
  | { readonly root?: undefined; readonly fault: DocumentFault };

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: OpenElement[];
  text: string;
  line: number;
}

class Fault extends Error {}

/**
 * Reads a document as strictly as XML 1.0 wants it, with the text and the lines of its elements, which messages do not need: the first fault
 * ends it. A document type is passed over, nothing is fetched for it, and entities that it declares are unknown.
 */
export function readDocument(text: string): DocumentReading {
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  const open: OpenElement[] = [];
  let root: OpenElement | undefined;
  let hasDoctype = false;
  let count = 0;
  const addText = (part: string): void => {
    const current = open.at(-1);
    if (current !== undefined) {
      current.text += part;
    }
  };
  parser.on('doctype', () => {
    hasDoctype = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    count += 1;
    if (open.length >= DEPTH_LIMIT || count > ELEMENT_LIMIT) {
      throw new Fault(`more than ${DEPTH_LIMIT} levels or ${ELEMENT_LIMIT} elements`);
    }
    // No prototype: names come from outside.
    const named: Record<string, string> = Object.assign(Object.create(null), attributes);
    const element = { name, attributes: named, children: [], text: '', line: parser.line };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.on('error', ({ message }) => {
    throw new Fault(message.replace(/^\d+:\d+: /, '').replace(/\.$/, ''));
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Fault)) {
      throw error;
    }
    return { fault: { message: error.message, line: parser.line } };
  }
  return root === undefined
    ? { fault: { message: 'no root element', line: parser.line } }
    : { root, hasDoctype };
}
