import type { Envelope } from './envelope.ts';
import { ELEMENT } from './names.ts';
import { readParameters, writeParameters } from './parameters.ts';
import { readInteger } from './values.ts';
import { element, findFirst, type XmlElement } from './xml-tree.ts';

/** The data of an alert request [protocol 4.8]. */
export interface AlertFields {
  readonly id: string;
  /** Absolute path of the alert agent. */
  readonly path: string;
  /** Milliseconds; 0 or negative = no limit. */
  readonly timeoutMs: number;
  /** What the agent finds in its environment, `CRM_alert_recipient` and the like, under their own names. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * @returns undefined when id or path is missing, or the timeout is no number: answered "invalid arguments". Empty
 *   ones are an alert like any other to the C daemon, which then finds no file.
 */
export function readAlert(request: Envelope): AlertFields | undefined {
  const alert = findFirst(request.root, ELEMENT.alert);
  const id = alert?.attributes['lrmd_alert_id'];
  const path = alert?.attributes['lrmd_alert_path'];
  const timeoutMs = readInteger(alert?.attributes['lrmd_timeout']);
  if (alert === undefined || id === undefined || path === undefined || timeoutMs === undefined) {
    return undefined;
  }
  return { id, path, timeoutMs, parameters: readParameters(alert) };
}

/** The `lrmd_alert` element of an alert request. */
export function writeAlert(fields: AlertFields): XmlElement {
  return element(
    ELEMENT.alert,
    {
      lrmd_origin: 'bundlet',
      lrmd_alert_id: fields.id,
      lrmd_alert_path: fields.path,
      lrmd_timeout: fields.timeoutMs,
    },
    [writeParameters(fields.parameters)],
  );
}
