import { writeNotification } from './envelope.ts';
import type { ExecFields } from './exec.ts';
import { OP } from './names.ts';
import { readParameters, writeParameters } from './parameters.ts';
import { readInteger } from './values.ts';
import { fitsIn } from './xml-size.ts';
import type { XmlElement } from './xml-tree.ts';

/** The result of an operation as it is told to controllers [protocol 4.5]. */
export interface Completion extends ExecFields {
  readonly callId: number;
  /** OCF result code. */
  readonly rc: number;
  /** Execution status. */
  readonly status: number;
  readonly rscDeleted: boolean;
  /** Epoch seconds; 0 from the second run of a recurring operation on. */
  readonly runTime: number;
  /** Epoch seconds. */
  readonly rcChangeTime: number;
  readonly execTimeMs: number;
  readonly queueTimeMs: number;
  readonly exitReason?: string;
  readonly output?: string;
}

export function writeCompletion(done: Completion): XmlElement {
  return writeNotification(
    {
      lrmd_timeout: done.timeoutMs,
      lrmd_rsc_interval: done.intervalMs,
      lrmd_rsc_start_delay: done.startDelayMs,
      lrmd_exec_rc: done.rc,
      lrmd_exec_op_status: done.status,
      lrmd_callid: done.callId,
      lrmd_rsc_deleted: done.rscDeleted ? 1 : 0,
      lrmd_run_time: done.runTime,
      lrmd_rcchange_time: done.rcChangeTime,
      lrmd_exec_time: done.execTimeMs,
      lrmd_queue_time: done.queueTimeMs,
      lrmd_op: OP.rscExec,
      lrmd_rsc_id: done.rscId,
      lrmd_rsc_action: done.action,
      lrmd_rsc_userdata_str: done.userData,
      lrmd_rsc_exit_reason: done.exitReason,
      lrmd_rsc_output: done.output,
    },
    [writeParameters(done.parameters)],
  );
}

/** What a result can be told without, what matters least first. */
const DISPENSABLE = ['output', 'exitReason', 'userData'] as const;

export interface FittingCompletion {
  readonly message: XmlElement;
  readonly leftOut: readonly (typeof DISPENSABLE)[number][];
}

/** The notification in at most so many bytes: what does not fit is left out, as far as a result can do without it. */
export function writeFittingCompletion(done: Completion, limitBytes: number): FittingCompletion {
  const given = DISPENSABLE.filter((key) => done[key] !== undefined);
  let told = done;
  for (let count = 0; ; count += 1) {
    const message = writeCompletion(told);
    const key = given[count];
    if (key === undefined || fitsIn(limitBytes, message)) {
      return { message, leftOut: given.slice(0, count) };
    }
    const { [key]: _leftOut, ...rest } = told;
    told = rest;
  }
}

/** Reads a completion notification; numbers that are missing or none count as 0. */
export function readCompletion(notification: XmlElement): Completion {
  const { attributes } = notification;
  const number = (name: string): number => readInteger(attributes[name]) ?? 0;
  const text = (key: 'userData' | 'exitReason' | 'output', name: string) =>
    attributes[name] === undefined ? {} : { [key]: attributes[name] };
  return {
    rscId: attributes['lrmd_rsc_id'] ?? '',
    action: attributes['lrmd_rsc_action'] ?? '',
    intervalMs: number('lrmd_rsc_interval'),
    timeoutMs: number('lrmd_timeout'),
    startDelayMs: number('lrmd_rsc_start_delay'),
    parameters: readParameters(notification),
    callId: number('lrmd_callid'),
    rc: number('lrmd_exec_rc'),
    status: number('lrmd_exec_op_status'),
    rscDeleted: number('lrmd_rsc_deleted') !== 0,
    runTime: number('lrmd_run_time'),
    rcChangeTime: number('lrmd_rcchange_time'),
    execTimeMs: number('lrmd_exec_time'),
    queueTimeMs: number('lrmd_queue_time'),
    ...text('userData', 'lrmd_rsc_userdata_str'),
    ...text('exitReason', 'lrmd_rsc_exit_reason'),
    ...text('output', 'lrmd_rsc_output'),
  };
}
