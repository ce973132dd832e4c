import type { Io } from '../io.ts';

export const DOCUMENT_FORMATS = ['human', 'json', 'yaml'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** Documents that programs read: each has a schema of this name and version in docs/schemas. */
export type DocumentKind =
  | 'status'
  | 'resources'
  | 'history'
  | 'health'
  | 'explanation'
  | 'exec'
  | 'checks'
  | 'agents'
  | 'agent'
  | 'event'
  | 'log-level'
  | 'config';

/** Fields are only ever added within a version. */
export const SCHEMA_VERSION = 1;

const documentOf = (kind: DocumentKind, body: object): object => ({
  schema: `bundlet.${kind}/${SCHEMA_VERSION}`,
  ...body,
});

/** Prints a document as JSON or YAML; for people, what `human` makes of it. */
export async function printDocument(
  io: Io,
  format: DocumentFormat,
  kind: DocumentKind,
  body: object,
  human: () => string,
): Promise<void> {
  if (format === 'human') {
    io.out.write(human());
    return;
  }
  const document = documentOf(kind, body);
  if (format === 'json') {
    io.out.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  const { stringify } = await import('yaml');
  io.out.write(stringify(document));
}

/** One line of a stream of documents; YAML as documents of their own. */
export async function printEvent(
  io: Io,
  format: DocumentFormat,
  kind: DocumentKind,
  body: object,
  human: () => string,
): Promise<void> {
  const document = documentOf(kind, body);
  if (format === 'human') {
    io.out.write(human());
  } else if (format === 'json') {
    io.out.write(`${JSON.stringify(document)}\n`);
  } else {
    const { stringify } = await import('yaml');
    io.out.write(`---\n${stringify(document)}`);
  }
}
