import type { DocumentElement } from '../../protocol/xml-document.ts';
import type { Content, Schema } from './schema.ts';

/** What is wrong with metadata, for people; elements are named with their lines. */
export interface MetadataFault {
  readonly expected: string;
  readonly seen: string;
}

/** What of an element, and of all that is in it, breaks a schema. */
export function schemaFaults(element: DocumentElement, schema: Schema): readonly MetadataFault[] {
  return faultsOf(element, { schema, where: describe(element) });
}

/** Characters of a text in a fault. */
const SHOWN_LIMIT = 60;

interface Surroundings {
  readonly schema: Schema;
  readonly where: string;
}

function faultsOf(element: DocumentElement, { schema, where }: Surroundings): readonly MetadataFault[] {
  const rule = Object.hasOwn(schema, element.name) ? schema[element.name] : undefined;
  if (rule === undefined) {
    // The element around it has said so.
    return [];
  }
  const attributes = Object.entries(element.attributes)
    // Declarations of namespaces are no attributes.
    .filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
    .flatMap(([name, value]) => {
      const known = Object.hasOwn(rule.attributes, name) ? rule.attributes[name] : undefined;
      if (known === undefined) {
        return [{ expected: `no attribute ${name} of ${where}`, seen: `${name}="${value}"` }];
      }
      return known.pattern.test(value)
        ? []
        : [{ expected: `${name} of ${where} to be ${known.words}`, seen: `"${value}"` }];
    });
  const missing = rule.required
    .filter((name) => element.attributes[name] === undefined)
    .map((name) => ({ expected: `an attribute ${name} of ${where}`, seen: 'none' }));
  const inside =
    rule.content === 'anything'
      ? []
      : element.children.flatMap((child) =>
          faultsOf(child, { schema, where: `${describe(child)}${nearestName(element)}` }),
        );
  return [...attributes, ...missing, ...contentFaults(element, rule.content, where), ...inside];
}

function contentFaults(element: DocumentElement, content: Content, where: string): readonly MetadataFault[] {
  const names = element.children.map(({ name }) => name);
  const got = names.length === 0 ? 'none' : shorten(names);
  const text = element.text.trim();
  switch (content) {
    case 'anything':
      return [];
    case 'text':
      return names.length === 0 ? [] : [{ expected: `nothing but text in ${where}`, seen: got }];
    case 'nothing':
      return names.length === 0 && text === ''
        ? []
        : [{ expected: `nothing in ${where}`, seen: names.length > 0 ? got : JSON.stringify(text) }];
    default:
      return [
        ...(content.order.test(names.map((name) => `${name} `).join(''))
          ? []
          : [{ expected: `in ${where}: ${content.words}`, seen: got }]),
        ...(text === ''
          ? []
          : [
              {
                expected: `no text in ${where} beside its elements`,
                seen: JSON.stringify(text.slice(0, SHOWN_LIMIT)),
              },
            ]),
      ];
  }
}

/** Names in their order; the same one behind itself is told once. */
function shorten(names: readonly string[]): string {
  return names.filter((name, index) => name !== names[index - 1]).join(', ');
}

/** An element as an author finds it. */
function describe({ name, attributes, line }: DocumentElement): string {
  const own = name === 'resource-agent' ? undefined : attributes['name'];
  return `<${name}${own === undefined ? '' : ` name="${own}"`}> (line ${line})`;
}

/** Of what has no name itself, whose it is. */
function nearestName({ name, attributes }: DocumentElement): string {
  return name === 'parameter' ? ` of ${attributes['name'] ?? 'a parameter'}` : '';
}
