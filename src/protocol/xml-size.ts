import type { XmlElement } from './xml-tree.ts';
import { writeXml } from './xml-write.ts';

/** The most bytes that one UTF-16 unit takes when it is written: `&quot;`. */
const LONGEST_BYTES = 6;

/** Whether an element takes at most so many bytes as text. Costs next to nothing unless it is very large. */
export function fitsIn(limitBytes: number, root: XmlElement): boolean {
  return surelyFitsIn(limitBytes, root) || Buffer.byteLength(writeXml(root)) <= limitBytes;
}

/** The same without writing it: false also for large ones that would fit. */
export function surelyFitsIn(limitBytes: number, root: XmlElement): boolean {
  return unitsOf(root) * LONGEST_BYTES <= limitBytes;
}

/** UTF-16 units of the text before anything in it is escaped. */
function unitsOf({ name, attributes, children, cdata = '', raw = '' }: XmlElement): number {
  let units =
    2 * name.length + '<></>'.length + raw.length + (cdata === '' ? 0 : cdata.length + '<![CDATA[]]>'.length);
  for (const key in attributes) {
    units += key.length + ' =""'.length + (attributes[key]?.length ?? 0);
  }
  for (const child of children) {
    units += unitsOf(child);
  }
  return units;
}
