// Requests in the words of a schedule, written as the daemon expects them.
import { writeExec } from '../../../src/protocol/exec.ts';
import { CALL_OPTION, ELEMENT, OP } from '../../../src/protocol/names.ts';
import {
  cancelAttributes,
  type OperationKey,
  readRecurring,
  rscAttributes,
} from '../../../src/protocol/rsc.ts';
import { element } from '../../../src/protocol/xml-tree.ts';
import type { RecordedController } from './controller.ts';
import type { Behaviour, List } from './history.ts';

/** The two agents; a resource that changes from one to the other is replaced. */
export const TYPES = ['recorder', 'recorder-too'] as const;
export type Type = (typeof TYPES)[number];

export interface Order {
  readonly rscId: string;
  readonly action: string;
  readonly intervalMs: number;
  readonly behaviour: Behaviour;
  readonly status: number;
  readonly startDelayMs: number;
  readonly origOnly: boolean;
  readonly changesOnly: boolean;
}

/** An agent that hangs is killed after this; the others may take their time on a busy machine. */
export const HANG_TIMEOUT_MS = 150;
const TIMEOUT_MS = 60_000;

export function askRegister(by: RecordedController, rscId: string, type: Type, drop: boolean): void {
  const data = element(ELEMENT.rsc, rscAttributes({ id: rscId, class: 'ocf', provider: 'test', type }));
  const callOptions = drop ? CALL_OPTION.dropRecurring : 0;
  by.ask({ op: OP.rscRegister, data, callOptions }, (answer) => ({
    ...{ ...answer, what: 'register', rscId, type, drop },
  }));
}

/** `tag` names the request; `dir` is where the agent keeps its ledger. */
export function askExec(by: RecordedController, order: Order, tag: string, dir: string): void {
  const { rscId, action, intervalMs, behaviour, status, startDelayMs, origOnly, changesOnly } = order;
  const timeoutMs = behaviour === 'hang' ? HANG_TIMEOUT_MS : TIMEOUT_MS;
  const parameters = { dir, tag, behaviour, status: String(status), interval: String(intervalMs) };
  const data = writeExec({
    ...{ rscId, action, intervalMs, timeoutMs, startDelayMs, userData: tag },
    parameters: new Map(Object.entries(parameters)),
  });
  const callOptions = (origOnly ? CALL_OPTION.origOnly : 0) | (changesOnly ? CALL_OPTION.changesOnly : 0);
  by.ask({ op: OP.rscExec, data, callOptions }, (answer) => ({
    ...{
      ...answer,
      what: 'exec',
      rscId,
      action,
      intervalMs,
      tag,
      behaviour,
      timeoutMs,
      origOnly,
      changesOnly,
    },
  }));
}

export function askCancel(by: RecordedController, key: OperationKey): void {
  const data = element(ELEMENT.rsc, cancelAttributes(key));
  by.ask({ op: OP.rscCancel, data }, (answer) => ({ ...answer, ...key, what: 'cancel' }));
}

export function askUnregister(by: RecordedController, rscId: string): void {
  const data = element(ELEMENT.rsc, { lrmd_rsc_id: rscId });
  by.ask({ op: OP.rscUnregister, data }, (answer) => ({ ...answer, rscId, what: 'unregister' }));
}

/** `onList` gets what was listed. */
export function askList(
  by: RecordedController,
  rscId: string,
  isSettled: boolean,
  onList: (list: List) => void = () => undefined,
): void {
  const data = element(ELEMENT.rsc, { lrmd_rsc_id: rscId });
  by.ask({ op: OP.getRecurring, data }, (answer) => {
    const listed = readRecurring(answer.reply).map(({ action, intervalMs }) => ({ action, intervalMs }));
    const list: List = { ...answer, rscId, listed, isSettled, what: 'list' };
    onList(list);
    return list;
  });
}

export function askPoke(by: RecordedController): void {
  by.ask({ op: OP.poke }, (answer) => ({ ...answer, what: 'poke' }));
}
