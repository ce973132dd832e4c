/** A schema as our own files have them. */
type Schema = Readonly<Record<string, unknown>>;

/** Keywords that say nothing of validity. */
const REMARKS: ReadonlySet<string> = new Set(['$schema', '$defs', 'title', 'description']);

/**
 * What of a JSON value is not as a schema says: `$.checks[0].ms: expected number`. Knows what our schemas are written with, and throws for
 * a keyword that it doesn't know, so that none is overlooked.
 */
export function schemaFaults(root: Schema, value: unknown): readonly string[] {
  return faults(root, value, '$');

  function faults(schema: Schema, item: unknown, at: string): readonly string[] {
    return Object.entries(schema).flatMap(([keyword, wanted]) => {
      if (REMARKS.has(keyword)) {
        return [];
      }
      const rule = RULES[keyword];
      if (rule === undefined) {
        throw new Error(`Expected a keyword that this reader knows, got ${keyword}`);
      }
      return rule({ wanted, item, at, schema, faults, root });
    });
  }
}

interface Question {
  readonly wanted: unknown;
  readonly item: unknown;
  readonly at: string;
  readonly schema: Schema;
  readonly root: Schema;
  readonly faults: (schema: Schema, item: unknown, at: string) => readonly string[];
}

const when = (isFault: boolean, at: string, text: string): readonly string[] =>
  isFault ? [`${at}: ${text}`] : [];

const asRecord = (item: unknown): Readonly<Record<string, unknown>> =>
  typeOf(item) === 'object' ? (item as Readonly<Record<string, unknown>>) : {};

const RULES: Readonly<Record<string, (question: Question) => readonly string[]>> = {
  type: ({ wanted, item, at }) =>
    when(
      typeOf(item) !== (wanted === 'integer' ? 'number' : wanted) ||
        (wanted === 'integer' && !Number.isInteger(item)),
      at,
      `expected ${wanted}`,
    ),
  const: ({ wanted, item, at }) => when(item !== wanted, at, `expected ${JSON.stringify(wanted)}`),
  enum: ({ wanted, item, at }) =>
    when(!(wanted as readonly unknown[]).includes(item), at, `expected one of ${JSON.stringify(wanted)}`),
  minimum: ({ wanted, item, at }) =>
    when(typeof item === 'number' && item < (wanted as number), at, `expected at least ${wanted}`),
  pattern: ({ wanted, item, at }) =>
    when(typeof item === 'string' && !new RegExp(wanted as string).test(item), at, `expected ${wanted}`),
  required: ({ wanted, item, at }) =>
    typeOf(item) !== 'object'
      ? []
      : (wanted as readonly string[])
          .filter((name) => !(name in asRecord(item)))
          .map((name) => `${at}.${name}: expected one`),
  properties: ({ wanted, item, at, faults }) =>
    Object.entries(asRecord(item)).flatMap(([name, inner]) => {
      const schema = (wanted as Readonly<Record<string, Schema>>)[name];
      return schema === undefined ? [] : faults(schema, inner, `${at}.${name}`);
    }),
  additionalProperties: ({ wanted, item, at, schema, faults }) =>
    Object.entries(asRecord(item))
      .filter(([name]) => !(name in asRecord(schema['properties'])))
      .flatMap(([name, inner]) => faults(wanted as Schema, inner, `${at}.${name}`)),
  items: ({ wanted, item, at, faults }) =>
    Array.isArray(item)
      ? item.flatMap((inner, index) => faults(wanted as Schema, inner, `${at}[${index}]`))
      : [],
  anyOf: ({ wanted, item, at, faults }) =>
    when(
      (wanted as readonly Schema[]).every((schema) => faults(schema, item, at).length > 0),
      at,
      'expected one of several shapes',
    ),
  $ref: ({ wanted, item, at, root, faults }) => {
    const name = String(wanted).replace('#/$defs/', '');
    return faults(asRecord(asRecord(root['$defs'])[name]), item, at);
  },
};

function typeOf(item: unknown): string {
  return item === null ? 'null' : Array.isArray(item) ? 'array' : typeof item;
}
