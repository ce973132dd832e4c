import { SaxesParser } from 'saxes';
import { DOUBLED } from './xml-read.ts';

/**
 * Elements inside each other in somebody else's message. Parsers of the cluster give up at 256, and two more lie
 * around it.
 */
export const FOREIGN_DEPTH_LIMIT = 250;

/**
 * Attributes of one element in somebody else's message. Real ones have dozens; the parser keeps those of an element until it
 * has read them all, which for a million takes seconds without a turn for others, and half a gigabyte.
 */
export const FOREIGN_ATTRIBUTE_LIMIT = 10_000;

/** Broken tags in one message: behind each of them reading begins anew, which may cost as much as the whole. */
export const BROKEN_TAG_LIMIT = 20;

/** A text that is refused, whatever could be saved of it. */
class Refusal extends Error {}

/** A tag that can't be read on. */
class BrokenTag extends Error {}

/** How the parser complains about a closing tag of another name; it has told of the element's end already. */
const MISMATCH = 'unexpected close tag';

/** Where something begins again behind a broken tag. */
const MARKUP = /<\/?[:A-Za-z_\u00c0-\uffff]|<!--|<!\[CDATA\[/g;

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Walks once over a text and finds its root element, without making anything of what is in it. What is not well-formed
 * is repaired as libxml2's recovering mode does it where nothing else is lost: of a broken tag the attributes that could
 * be read are kept, of an attribute that stands twice the first, and nothing behind the root. All else is refused: a
 * configuration must not be replaced by half of one. All positions are indexes into the text.
 */
export class XmlScan {
  readonly #text: string;
  #parser: SaxesParser;
  /** Where in the text the parser's position 0 is. */
  #base = 0;
  readonly #open: string[] = [];
  /** What was kept of the text before the last broken tag's end. */
  #kept = '';
  #start: number | undefined;
  /** From where on the text is to be kept, and up to where it may. */
  #from = 0;
  #end = 0;
  /** Attributes of the tag that is being read, and what of them is left out. */
  #attributes: (Range & { readonly name: string })[] = [];
  #left: Range[] = [];
  #isInTag = false;
  #brokenTags = 0;
  #damage: string | undefined;

  /** @param text without halves of surrogate pairs: the parser would take them and what follows for a character. */
  constructor(text: string) {
    this.#text = text;
    this.#parser = this.#makeParser();
  }

  /** The first error, if the text was not well-formed. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Reads the text, so many characters in each step. @returns why it is refused, or undefined */
  *run(stepLength: number): Generator<undefined, string | undefined> {
    let at = 0;
    while (at <= this.#text.length) {
      try {
        if (at === this.#text.length) {
          this.#parser.close();
          at += 1;
        } else {
          this.#parser.write(this.#text.slice(at, at + stepLength));
          at = Math.min(at + stepLength, this.#text.length);
        }
      } catch (thrown) {
        if (thrown instanceof Refusal) {
          return thrown.message;
        }
        if (!(thrown instanceof BrokenTag)) {
          throw thrown;
        }
        this.#damage ??= thrown.message;
        this.#brokenTags += 1;
        if (this.#brokenTags > BROKEN_TAG_LIMIT) {
          return `Expected at most ${BROKEN_TAG_LIMIT} broken tags, got more: ${this.#damage}`;
        }
        at = this.#endTag();
      }
      if (this.#isOver && this.#damage !== undefined) {
        break;
      }
      yield undefined;
    }
    return undefined;
  }

  /** The root element; nothing else of the text. */
  root(): string {
    this.#keep('');
    return this.#kept;
  }

  /** A parser that stands inside of what is open. */
  #makeParser(): SaxesParser {
    const parser = new SaxesParser({
      xmlns: false,
      position: false,
      fragment: false,
      // What is allowed in 1.1 alone would break a document of 1.0 that it is put into.
      forceXMLVersion: true,
      defaultXMLVersion: '1.0',
    });
    const around = this.#open.map((name) => `<${name}>`).join('');
    parser.write(around);
    this.#base -= around.length;
    parser.on('opentagstart', (tag) => this.#opened(tag.name));
    parser.on('attribute', ({ name }) => this.#attribute(name));
    parser.on('opentag', () => this.#tagEnded());
    parser.on('closetag', () => this.#closed());
    parser.on('doctype', () => {
      throw new Refusal('Expected a message without a document type, got one with it');
    });
    parser.on('error', ({ message }) => this.#failed(message));
    return parser;
  }

  get #position(): number {
    return this.#base + this.#parser.position;
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
    const at = this.#text.lastIndexOf(`<${name}`, this.#position - name.length - 2);
    if (this.#start === undefined) {
      this.#start = at;
      this.#from = at;
    }
    this.#end = at + 1 + name.length;
    this.#open.push(name);
    this.#attributes = [];
    this.#isInTag = true;
  }

  #attribute(name: string): void {
    if (this.#isInTag) {
      if (this.#attributes.length >= FOREIGN_ATTRIBUTE_LIMIT) {
        throw new Refusal(`Expected at most ${FOREIGN_ATTRIBUTE_LIMIT} attributes of an element, got more`);
      }
      const to = this.#position;
      this.#attributes.push({ name, from: this.#end, to });
      this.#end = to;
    }
  }

  #tagEnded(): void {
    if (this.#isInTag) {
      this.#isInTag = false;
      this.#end = this.#position;
    }
  }

  #closed(): void {
    if (this.#open.pop() !== undefined) {
      this.#end = this.#position;
    }
  }

  #failed(message: string): void {
    if (message.startsWith(DOUBLED)) {
      this.#damage ??= message;
      this.#leaveDoubled();
    } else if (this.#isInTag) {
      throw new BrokenTag(message);
    } else if (this.#isOver && !message.startsWith(MISMATCH)) {
      this.#damage ??= message;
    } else {
      throw new Refusal(`Expected a well-formed XML element, got text with this error: ${message}`);
    }
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

  /** Ends a broken tag, and its element, behind the last good attribute. @returns where to read on */
  #endTag(): number {
    this.#leaveDoubled();
    this.#keep('/>');
    this.#open.pop();
    this.#isInTag = false;
    MARKUP.lastIndex = this.#end;
    const at = MARKUP.exec(this.#text)?.index ?? this.#text.length;
    this.#from = at;
    this.#end = at;
    this.#base = at;
    this.#parser = this.#makeParser();
    return at;
  }

  /** Adds what was read to what is kept. */
  #keep(ending: string): void {
    for (const { from, to } of this.#left) {
      this.#kept += this.#text.slice(this.#from, from);
      this.#from = to;
    }
    this.#left = [];
    this.#kept += this.#text.slice(this.#from, this.#end) + ending;
  }
}
