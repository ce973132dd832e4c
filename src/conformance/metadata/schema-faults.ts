import type { DocumentElement } from '../../protocol/xml-document.ts';
import type { Content, Schema } from './schema.ts';

/** What of an element, and of all that is in it, breaks a schema: one text each, with the element and its line. */
export function schemaFaults(element: DocumentElement, schema: Schema): readonly string[] {
  return faultsOf(element, { schema, where: describe(element) });
}

interface Surroundings {
  readonly schema: Schema;
  readonly where: string;
}

function faultsOf(element: DocumentElement, { schema, where }: Surroundings): readonly string[] {
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
        return [`Expected no attribute ${name} of ${where}, got ${name}="${value}"`];
      }
      return known.pattern.test(value)
        ? []
        : [`Expected ${name} of ${where} to be ${known.words}, got "${value}"`];
    });
  const missing = rule.required
    .filter((name) => element.attributes[name] === undefined)
    .map((name) => `Expected an attribute ${name} of ${where}, got none`);
  const inside =
    rule.content === 'anything'
      ? []
      : element.children.flatMap((child) =>
          faultsOf(child, { schema, where: `${describe(child)}${nearestName(element)}` }),
        );
  return [...attributes, ...missing, ...contentFaults(element, rule.content, where), ...inside];
}

function contentFaults(element: DocumentElement, content: Content, where: string): readonly string[] {
  const names = element.children.map(({ name }) => name);
  const got = names.length === 0 ? 'none' : shorten(names);
  const text = element.text.trim();
  switch (content) {
    case 'anything':
      return [];
    case 'text':
      return names.length === 0 ? [] : [`Expected nothing but text in ${where}, got ${got}`];
    case 'nothing':
      return names.length === 0 && text === ''
        ? []
        : [`Expected nothing in ${where}, got ${names.length > 0 ? got : JSON.stringify(text)}`];
    default:
      return [
        ...(content.order.test(names.map((name) => `${name} `).join(''))
          ? []
          : [`Expected in ${where}: ${content.words}; got ${got}`]),
        ...(text === ''
          ? []
          : [`Expected no text in ${where} beside its elements, got ${JSON.stringify(text.slice(0, 60))}`]),
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
