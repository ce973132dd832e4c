import type { Element } from '@xmldom/xmldom';
import { childElements, childNamed, parseXml, selectElements, writeNode } from './xml.ts';

/** Results of operations: negative errno, as `cib_rc` has them. */
export const CIB_RC = { ok: 0, notFound: -6, exists: -17, invalid: -22, notSupported: -95 } as const;

/** Sections that are known by a name without their path [pcmk xml.c: pcmk_cib_xpath_for]. */
const SECTION_PATHS: Readonly<Record<string, string>> = {
  cib: '/cib',
  all: '/cib',
  status: '/cib/status',
  configuration: '/cib/configuration',
  ...Object.fromEntries(
    ['crm_config', 'nodes', 'resources', 'constraints', 'alerts', 'acls', 'tags'].map((name) => [
      name,
      `/cib/configuration/${name}`,
    ]),
  ),
};

/** What an operation works on. */
export interface CibTarget {
  /** An XPath expression, or the name of a section; undefined: everything. */
  readonly section: string | undefined;
  readonly isXPath: boolean;
}

/** A configuration in memory with the changes that tools ask for. Knows no schema and no access rules. */
export class Cib {
  #root: Element;
  #text: string | undefined;

  constructor(text: string) {
    this.#root = parseXml(text);
  }

  /** All of it. Kept, so that large ones are written once. */
  get text(): string {
    this.#text ??= writeNode(this.#root);
    return this.#text;
  }

  find({ section, isXPath }: CibTarget): Element[] {
    if (section === undefined) {
      return [this.#root];
    }
    return selectElements(isXPath ? section : (SECTION_PATHS[section] ?? `//${section}`), this.#root);
  }

  /** Merges into the element that is meant, or below it; children that are not there are added. */
  modify(target: CibTarget, update: Element): number {
    const [parent] = this.find(target);
    if (parent === undefined && target.section === update.nodeName) {
      // A section that is missing is made.
      this.find({ section: 'configuration', isXPath: false })[0]?.appendChild(this.#copy(update));
      return this.#changed();
    }
    if (parent === undefined) {
      return CIB_RC.notFound;
    }
    const same = isSame(parent, update) ? parent : descendantLike(parent, update);
    if (same === undefined) {
      parent.appendChild(this.#copy(update));
    } else {
      this.#merge(same, update);
    }
    return this.#changed();
  }

  create(target: CibTarget, update: Element): number {
    const [parent] = this.find(target);
    if (parent === undefined) {
      return CIB_RC.notFound;
    }
    // A whole section stands for what is in it.
    const added = parent.nodeName === update.nodeName ? childElements(update) : [update];
    if (added.some((child) => childElements(parent).some((present) => isSame(present, child)))) {
      return CIB_RC.exists;
    }
    for (const child of added) {
      parent.appendChild(this.#copy(child));
    }
    return this.#changed();
  }

  /** What is not there is as good as deleted [pcmk cib_ops.c: cib_process_xpath]. */
  delete(target: CibTarget, pattern: Element | undefined): number {
    const found = this.find(target).flatMap((element) =>
      pattern === undefined
        ? [element]
        : selectElements(`.//${pattern.nodeName}`, element).filter((candidate) =>
            hasAllOf(candidate, pattern),
          ),
    );
    for (const element of found) {
      element.parentNode?.removeChild(element);
    }
    return this.#changed();
  }

  replace(target: CibTarget, update: Element): number {
    if (update.nodeName === 'cib') {
      this.#root = parseXml(writeNode(update));
      return this.#changed();
    }
    const [old] = this.find(target);
    const place = old?.nodeName === update.nodeName ? old : undefined;
    if (place?.parentNode == null) {
      return CIB_RC.notFound;
    }
    place.parentNode.replaceChild(this.#copy(update), place);
    return this.#changed();
  }

  /** Raises an attribute such as `epoch` by one. */
  bump(attribute: string): number {
    this.#root.setAttribute(attribute, String(Number(this.#root.getAttribute(attribute) ?? 0) + 1));
    this.#text = undefined;
    return CIB_RC.ok;
  }

  #changed(): number {
    return this.bump('num_updates');
  }

  #copy(element: Element): Element {
    return this.#root.ownerDocument?.importNode(element, true) as Element;
  }

  #merge(target: Element, update: Element): void {
    for (const { name, value } of update.attributes) {
      target.setAttribute(name, value);
    }
    for (const child of childElements(update)) {
      const same = childElements(target).find((candidate) => isSame(candidate, child));
      if (same === undefined) {
        target.appendChild(this.#copy(child));
      } else {
        this.#merge(same, child);
      }
    }
  }
}

/** Elements are told apart by name and id; sections have none. */
const isSame = (present: Element, update: Element): boolean =>
  present.nodeName === update.nodeName &&
  (!update.hasAttribute('id') || present.getAttribute('id') === update.getAttribute('id'));

const descendantLike = (parent: Element, update: Element): Element | undefined =>
  childNamed(parent, update.nodeName) !== undefined && !update.hasAttribute('id')
    ? childNamed(parent, update.nodeName)
    : [...parent.getElementsByTagName(update.nodeName)].find((candidate) => isSame(candidate, update));

const hasAllOf = (candidate: Element, pattern: Element): boolean =>
  [...pattern.attributes].every(({ name, value }) => candidate.getAttribute(name) === value);
