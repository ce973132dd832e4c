import type { Envelope } from './envelope.ts';
import { ELEMENT } from './names.ts';
import { childOf, element, type XmlElement } from './xml-tree.ts';

/**
 * The data of a watchdog check [protocol 4.9]: the cluster's `stonith-watchdog-timeout` as it is written there, if
 * it has one.
 * @returns undefined when the request carries no data at all
 */
export function readCheck(request: Envelope): { readonly watchdog?: string } | undefined {
  const data = childOf(request.root, ELEMENT.callData)?.children[0];
  if (data === undefined) {
    return undefined;
  }
  const watchdog = data.attributes['lrmd_watchdog'];
  return watchdog === undefined ? {} : { watchdog };
}

/** The element of a watchdog check. */
export function writeCheck(watchdog: string | undefined): XmlElement {
  return element(ELEMENT.op, { lrmd_origin: 'bundlet', lrmd_watchdog: watchdog });
}
