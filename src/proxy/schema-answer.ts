import { AgentError } from '../errors/agent-error.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';

/** Files of one answer; Pacemaker 3.0 has about 120 in all. */
export const FILE_COUNT_LIMIT = 1000;

/** One file, in bytes; the largest of Pacemaker 3.0 has about 60 KB. All of them are bounded by one message. */
export const FILE_SIZE_LIMIT_BYTES = 4 * 1024 * 1024;

/** Schemas and the transformations between them, without any path [pcmk schemas.c]. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,120}\.(rng|xsl)$/;

/** A schema file that the cluster gave. */
export interface SchemaFile {
  readonly name: string;
  readonly text: string;
}

/** Whether it is the name of a schema file, and of nothing else. */
export function isSchemaName(name: string): boolean {
  return FILE_NAME.test(name);
}

/**
 * The files in an answer: `file` elements anywhere in it, the text of each a CDATA section. The C daemon writes to
 * whatever path it is given; here one bad file condemns the whole answer.
 * @throws AgentError MESSAGE_INVALID
 */
export function readSchemaAnswer(answer: XmlElement): SchemaFile[] {
  const files = new Map<string, string>();
  for (const { attributes, cdata } of elementsOf(answer, 'file')) {
    const name = attributes['path'] ?? '';
    if (!isSchemaName(name)) {
      throw refused(`Expected plain names of schema files, got ${JSON.stringify(name.slice(0, 200))}`);
    }
    if (cdata === undefined) {
      throw refused(`Expected the text of ${name} as CDATA, got none`);
    }
    if (Buffer.byteLength(cdata) > FILE_SIZE_LIMIT_BYTES) {
      throw refused(`Expected at most ${FILE_SIZE_LIMIT_BYTES} bytes in ${name}, got more`);
    }
    files.set(name, cdata);
    if (files.size > FILE_COUNT_LIMIT) {
      throw refused(`Expected at most ${FILE_COUNT_LIMIT} schema files, got more`);
    }
  }
  return [...files].map(([name, text]) => ({ name, text }));
}

function* elementsOf(root: XmlElement, name: string): Generator<XmlElement> {
  if (root.name === name) {
    yield root;
  }
  for (const child of root.children) {
    yield* elementsOf(child, name);
  }
}

const refused = (message: string): AgentError =>
  new AgentError('MESSAGE_INVALID', message, { labels: ['peer-fault'] });
