import { isAlias, isCollection, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { messageOf } from '../../errors/agent-error.ts';
import { CASES_LIMITS } from './limits.ts';
import { Reading } from './reading.ts';

/** A file's content as nodes that know where they stand. */
export interface Parsed {
  readonly root: Node | null;
  readonly reading: Reading;
}

/**
 * Parses YAML 1.2, of which JSON is a part: one document of maps, lists and scalars. Anchors, aliases and tags are faults: nothing may
 * grow, nor become anything else than it looks like.
 */
export function parseYaml(text: string): Parsed {
  const lineCounter = new LineCounter();
  const reading = new Reading(lineCounter);
  if (Buffer.byteLength(text) > CASES_LIMITS.fileBytes) {
    const kib = CASES_LIMITS.fileBytes / 1024;
    reading.wrongAt(`Expected at most ${kib} KiB, got ${Buffer.byteLength(text)} bytes`, 0);
    return { root: null, reading };
  }
  try {
    const document = parseDocument(text, {
      lineCounter,
      schema: 'core',
      stringKeys: true,
      prettyErrors: false,
      // Only then a second document is an error; nothing is written.
      logLevel: 'error',
    });
    for (const { message, pos } of [...document.errors, ...document.warnings]) {
      reading.wrongAt(`Expected YAML, got something else: ${plain(message)}`, pos[0]);
    }
    if (reading.faults.length === 0) {
      visit(document, { Node: (_key, node, path) => checkNode(node, path.length, reading) });
    }
    return { root: document.contents, reading };
  } catch (error) {
    reading.wrongAt(`Expected YAML, got something else: ${plain(messageOf(error))}`, 0);
    return { root: null, reading };
  }
}

/** The parser calls itself for what is inside of something, and ends where the stack does. */
const plain = (message: string): string =>
  message.includes('call stack') ? 'lists or maps nested too deep' : message;

function checkNode(node: Node, depth: number, reading: Reading): symbol | undefined {
  if (depth > CASES_LIMITS.depth) {
    reading.expected(`at most ${CASES_LIMITS.depth} maps and lists in one another`, node, 'more');
    return visit.BREAK;
  }
  if (isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor !== undefined)) {
    reading.wrong('Expected no anchors and aliases, got one; write the value out', node);
  } else if (node.tag !== undefined) {
    reading.wrong(`Expected no tags, got ${node.tag}; put text into quotes`, node);
  }
  return undefined;
}
