import { ELEMENT } from './names.ts';
import { childOf, element, type XmlElement } from './xml-tree.ts';

/** What may stand as the name of an attribute; other names travel as `<param>` [protocol 4.5]. */
const ATTRIBUTE_NAME = /^[A-Za-z_:][\w:.-]*$/;

/** Parameters of an operation, in either form, from the `<attributes>` child of `parent`. */
export function readParameters(parent: XmlElement): Map<string, string> {
  const attributes = childOf(parent, ELEMENT.attributes);
  const parameters = new Map(Object.entries(attributes?.attributes ?? {}));
  for (const child of attributes?.children ?? []) {
    const { name, value } = child.attributes;
    if (child.name === ELEMENT.param && name !== undefined) {
      parameters.set(name, value ?? '');
    }
  }
  return parameters;
}

/** The same form again: a controller computes digests from what comes back [protocol, pitfall 14]. */
export function writeParameters(parameters: ReadonlyMap<string, string>): XmlElement {
  const plain = [...parameters].filter(([name]) => ATTRIBUTE_NAME.test(name));
  const others = [...parameters].filter(([name]) => !ATTRIBUTE_NAME.test(name));
  const children = others.map(([name, value]) => element(ELEMENT.param, { name, value }));
  return element(ELEMENT.attributes, Object.fromEntries(plain), children);
}
