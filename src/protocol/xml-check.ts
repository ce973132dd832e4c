import { replaceForbiddenReferences } from './xml-read.ts';
import { XmlScan } from './xml-scan.ts';

/** A text above this is checked in slices of as many characters, a turn of the event loop each. */
export const SLICE_CHARACTERS = 64 * 1024;

/** What may be put into another document, or why nothing of it may. */
export type XmlCheck =
  | {
      /** One well-formed element of XML 1.0, as it stood; without what was around it. */
      readonly text: string;
      /** The first error, if the text was not well-formed and something of it was left out. */
      readonly damage?: string;
    }
  | { readonly refused: string };

/**
 * Whether a local client's text can be put inside another document [protocol 6.4]: into `lrmd_ipc_msg`, from which it
 * must not break out. What is well-formed stays as it is, but for an XML declaration and other things around the
 * element; control characters as references, which 3.x tools write and XML forbids, become visible. Tags that are broken,
 * as by 2.1.x tools that do not escape behind other than ASCII, are repaired as C's recovering parser does it.
 *
 * Never throws and never rejects. Small texts are answered at once, so that a tool does not wait for a turn of the event
 * loop; who calls it keeps a client's messages in their order.
 */
export function checkXml(text: string): XmlCheck | Promise<XmlCheck> {
  // Decoded bytes have no halves of surrogate pairs; in other texts they would hide what follows them.
  const check = checkInSteps(text.toWellFormed());
  const first = check.next();
  if (first.done === true) {
    return first.value;
  }
  if (text.length > SLICE_CHARACTERS) {
    return inTurns(check);
  }
  let step = check.next();
  while (step.done !== true) {
    step = check.next();
  }
  return step.value;
}

function* checkInSteps(text: string): Generator<undefined, XmlCheck> {
  const result = yield* scan(text);
  if ('damage' in result || 'refused' in result) {
    // Not before: hardly any text has references, and to look for them in megabytes takes its time.
    const replaced = replaceForbiddenReferences(text);
    return replaced === text ? result : yield* scan(replaced);
  }
  return result;
}

function* scan(text: string): Generator<undefined, XmlCheck> {
  const scanner = new XmlScan(text);
  const refused = yield* scanner.run(SLICE_CHARACTERS);
  if (refused !== undefined) {
    return { refused };
  }
  const { damage } = scanner;
  return { text: scanner.root(), ...(damage === undefined ? {} : { damage }) };
}

async function inTurns(check: Generator<undefined, XmlCheck>): Promise<XmlCheck> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const step = check.next();
    if (step.done === true) {
      return step.value;
    }
  }
}
