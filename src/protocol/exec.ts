import { type Envelope, rscOf } from './envelope.ts';
import { ELEMENT } from './names.ts';
import { readParameters, writeParameters } from './parameters.ts';
import { readInteger } from './values.ts';
import { element, type XmlElement } from './xml-tree.ts';

/** The data of an execute request [protocol 4.5]. */
export interface ExecFields {
  readonly rscId: string;
  readonly action: string;
  readonly userData?: string;
  /** Milliseconds; 0 = once. */
  readonly intervalMs: number;
  /** Milliseconds; 0 or negative = no limit. */
  readonly timeoutMs: number;
  /** Milliseconds. */
  readonly startDelayMs: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** @returns undefined when the resource is not named, or a number is none: answered "invalid arguments". */
export function readExec(request: Envelope): ExecFields | undefined {
  const rsc = rscOf(request);
  const rscId = rsc?.attributes['lrmd_rsc_id'];
  if (rsc === undefined || rscId === undefined || rscId === '') {
    return undefined;
  }
  const { attributes } = rsc;
  const intervalMs = readInteger(attributes['lrmd_rsc_interval']);
  const timeoutMs = readInteger(attributes['lrmd_timeout']);
  const startDelayMs = readInteger(attributes['lrmd_rsc_start_delay']);
  if (intervalMs === undefined || intervalMs < 0 || timeoutMs === undefined || startDelayMs === undefined) {
    return undefined;
  }
  const userData = attributes['lrmd_rsc_userdata_str'];
  return {
    rscId,
    action: attributes['lrmd_rsc_action'] ?? '',
    intervalMs,
    timeoutMs,
    startDelayMs,
    parameters: readParameters(rsc),
    ...(userData === undefined ? {} : { userData }),
  };
}

/** The `lrmd_rsc` element of an execute request. */
export function writeExec(fields: ExecFields): XmlElement {
  return element(
    ELEMENT.rsc,
    {
      lrmd_origin: 'bundlet',
      lrmd_rsc_id: fields.rscId,
      lrmd_rsc_action: fields.action,
      lrmd_rsc_userdata_str: fields.userData,
      lrmd_rsc_interval: fields.intervalMs,
      lrmd_timeout: fields.timeoutMs,
      lrmd_rsc_start_delay: fields.startDelayMs,
    },
    [writeParameters(fields.parameters)],
  );
}
