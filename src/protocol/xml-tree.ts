/** An XML element as a value: immutable, no namespaces, no processing instructions, no DTD, no text but CDATA. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its CDATA sections as one text, if it has any; other text means nothing in this protocol. */
  readonly cdata?: string;
  /** Its whole inside as text of somebody else's, well-formed; written as it stands, in place of all other. */
  readonly raw?: string;
}

/** An element to be written. Attributes that are undefined are left out; numbers are written in decimal. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  children: readonly XmlElement[] = [],
): XmlElement {
  // No prototype: names come from outside.
  const kept: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) {
      kept[key] = String(value);
    }
  }
  return { name, attributes: kept, children };
}

/** The first element of that name in document order, the root included (as XPath `//name` finds it). */
export function findFirst(root: XmlElement, name: string): XmlElement | undefined {
  if (root.name === name) {
    return root;
  }
  for (const child of root.children) {
    const found = findFirst(child, name);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** The first direct child of that name. */
export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name);
}
