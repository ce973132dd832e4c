import { SaxesParser } from 'saxes';
import { messageOf } from '../errors/agent-error.ts';
import { DOUBLED } from './xml-read.ts';

/**
 * Elements inside each other in somebody else's message. Parsers of the cluster give up at 256, and two more lie
 * around it.
 */
export const FOREIGN_DEPTH_LIMIT = 250;

/** A text that is refused, whatever could be saved of it. */
class Refusal extends Error {}

/** The first error of a text that is not well-formed. */
class Damage extends Error {}

/** How the parser begins its complaint about a closing tag of another name; it has told of a closing already. */
const MISMATCH = 'unexpected close tag';

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Walks once over a text and finds its root element, without making anything of what is in it. Where the text is not
 * well-formed, what comes before the error is kept as it stands and what is open is closed, as libxml2's recovering mode
 * does it; of an attribute that stands twice the first is kept. All positions are indexes into the text.
 */
export class XmlScan {
  readonly #text: string;
  readonly #parser = new SaxesParser({
    xmlns: false,
    position: false,
    fragment: false,
    // What is allowed in 1.1 alone would break a document of 1.0 that it is put into.
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  readonly #open: string[] = [];
  readonly #left: Range[] = [];
  /** Of the tag that is being read. */
  #attributes: (Range & { readonly name: string })[] = [];
  #isInTag = false;
  #lastClosed: { readonly name: string; readonly end: number } | undefined;
  #start: number | undefined;
  /** Where the text may be cut. */
  #end = 0;
  #damage: string | undefined;

  /** @param text without halves of surrogate pairs: the parser would take them and what follows for a character. */
  constructor(text: string) {
    this.#text = text;
    const parser = this.#parser;
    parser.on('opentagstart', (tag) => this.#opened(tag.name));
    parser.on('attribute', ({ name }) => this.#attribute(name));
    parser.on('opentag', () => this.#kept());
    parser.on('cdata', () => this.#kept());
    parser.on('closetag', () => this.#closed());
    parser.on('doctype', () => {
      throw new Refusal('Expected a message without a document type, got one with it');
    });
    parser.on('error', ({ message }) => this.#failed(message));
  }

  /** The first error, if the text was not well-formed. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Reads the text, so many characters in each step. @returns why it is refused, or undefined */
  *run(stepLength: number): Generator<undefined, string | undefined> {
    try {
      for (let at = 0; at < this.#text.length; at += stepLength) {
        this.#parser.write(this.#text.slice(at, at + stepLength));
        yield undefined;
      }
      this.#parser.close();
    } catch (thrown) {
      if (thrown instanceof Refusal) {
        return thrown.message;
      }
      if (!(thrown instanceof Damage)) {
        throw thrown;
      }
      this.#damage = messageOf(thrown);
    }
    return this.#start === undefined
      ? `Expected an XML element, got text without one: ${this.#damage}`
      : undefined;
  }

  /** The root element, closed where it was not; nothing else of the text. */
  root(): string {
    let text = '';
    let from = this.#start ?? 0;
    for (const left of this.#left) {
      text += this.#text.slice(from, left.from);
      from = left.to;
    }
    text += this.#text.slice(from, this.#end);
    const closing = this.#open.toReversed().map((name) => `</${name}>`);
    return `${text}${this.#isInTag ? '>' : ''}${closing.join('')}`;
  }

  /** The root is over: what follows may be damage, and is never part of it. */
  get #isOver(): boolean {
    return this.#start !== undefined && this.#open.length === 0;
  }

  #opened(name: string): void {
    if (this.#isOver) {
      return;
    }
    if (this.#open.length >= FOREIGN_DEPTH_LIMIT) {
      throw new Refusal(`Expected at most ${FOREIGN_DEPTH_LIMIT} levels of elements, got more`);
    }
    // The parser has read one character after the name, which may count for two.
    const at = this.#text.lastIndexOf(`<${name}`, this.#parser.position - name.length - 2);
    this.#start ??= at;
    this.#end = at + 1 + name.length;
    this.#open.push(name);
    this.#attributes = [];
    this.#isInTag = true;
  }

  #attribute(name: string): void {
    if (this.#isInTag) {
      const to = this.#parser.position;
      this.#attributes.push({ name, from: this.#end, to });
      this.#end = to;
    }
  }

  /** A tag or a section is complete. */
  #kept(): void {
    if (!this.#isOver) {
      this.#isInTag = false;
      this.#end = this.#parser.position;
    }
  }

  #closed(): void {
    const name = this.#open.pop();
    if (name !== undefined) {
      this.#lastClosed = { name, end: this.#end };
      this.#end = this.#parser.position;
    }
  }

  #failed(message: string): void {
    if (message.startsWith(DOUBLED)) {
      this.#damage ??= message;
      this.#leaveDoubled();
      return;
    }
    if (message.startsWith(MISMATCH) && this.#lastClosed !== undefined) {
      this.#open.push(this.#lastClosed.name);
      this.#end = this.#lastClosed.end;
    }
    if (this.#isInTag) {
      this.#leaveDoubled();
    }
    throw new Damage(message);
  }

  /** The parser complains when it has read all of a tag's attributes: the first call does for all of them. */
  #leaveDoubled(): void {
    const seen = new Set<string>();
    for (const { name, from, to } of this.#attributes) {
      if (seen.has(name)) {
        this.#left.push({ from, to });
      }
      seen.add(name);
    }
    this.#attributes = [];
  }
}
