import type { Executor } from '../executor/executor.ts';
import { emit } from '../observe/events.ts';
import { readAlert } from '../protocol/alert.ts';
import { readCheck } from '../protocol/check.ts';
import { type Envelope, writeReply } from '../protocol/envelope.ts';
import { readExec, writeExec } from '../protocol/exec.ts';
import { type ProxyFields, readProxy } from '../protocol/ipc-proxy.ts';
import { CALL_OPTION, OP, RC } from '../protocol/names.ts';
import {
  isVersionAccepted,
  readRegister,
  writeRegisterRefusal,
  writeRegisterReply,
} from '../protocol/register.ts';
import {
  readCancel,
  readRsc,
  readRscId,
  writeGenericNotification,
  writeRecurring,
  writeRscInfo,
} from '../protocol/rsc.ts';
import { fitsIn, surelyFitsIn } from '../protocol/xml-size.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';
import type { Alerts } from '../standards/alert.ts';
import { ECHO_LIMIT_BYTES } from '../wire/limits.ts';
import type { WatchdogCheck } from './watchdog-check.ts';

/** What the daemon tells of itself. */
export interface DaemonFacts {
  uptimeSeconds(): number;
  readonly nodeStartState?: string;
}

export interface HandlerContext {
  readonly executor: Executor;
  readonly facts: DaemonFacts;
  readonly alerts: Pick<Alerts, 'send'>;
  readonly watchdog: Pick<WatchdogCheck, 'check'>;
  /** The connection that asks. */
  readonly clientId: string;
  readonly peer: string;
  /** Takes what a controller sends for local clients, or as its answer to a shutdown request. */
  forward(fields: ProxyFields): void;
}

/** What a request brings: an answer to the one who asked, and then a notification to everybody. */
export interface Outcome {
  readonly reply?: XmlElement;
  readonly notification?: XmlElement;
  /** The peer was not accepted: it stays without a name. */
  readonly isRefused?: true;
  /** The peer is an IPC provider from now on, and speaks this version of the protocol. */
  readonly providerVersion?: string;
}

export type Handler = (context: HandlerContext, request: Envelope, callId: number) => Outcome;

/** [protocol 3.3]. A refusal is answered too: a controller that hears nothing waits for 10 s. */
const register: Handler = (context, request, callId) => {
  const { clientName, protocolVersion, isIpcProvider } = readRegister(request);
  const facts = { peer: context.peer, client: clientName, version: protocolVersion ?? 'none' };
  if (!isVersionAccepted(protocolVersion)) {
    emit('session.refused', { ...facts, reason: 'Expected protocol version 1.0 or later' });
    return { reply: writeRegisterRefusal(request, callId, RC.protocolVersion), isRefused: true };
  }
  emit('session.registered', { ...facts, isIpcProvider });
  const reply = {
    clientId: context.clientId,
    uptimeSeconds: context.facts.uptimeSeconds(),
    ...(context.facts.nodeStartState === undefined ? {} : { nodeStartState: context.facts.nodeStartState }),
  };
  return {
    reply: writeRegisterReply(request, callId, reply),
    ...(isIpcProvider ? { providerVersion: protocolVersion } : {}),
  };
};

/** [protocol 4.2] */
const rscRegister: Handler = (context, request, callId) => {
  const rsc = readRsc(request);
  if (rsc === undefined) {
    return { reply: writeReply(request, callId, RC.invalidArguments) };
  }
  context.executor.register(rsc, (request.callOptions & CALL_OPTION.dropRecurring) !== 0);
  return {
    reply: writeReply(request, callId, RC.ok),
    notification: writeGenericNotification(request.op, callId, RC.ok, rsc.id),
  };
};

/** [protocol 4.3] */
const rscInfo: Handler = (context, request, callId) => {
  const rsc = context.executor.info(readRscId(request) ?? '');
  return {
    reply:
      rsc === undefined ? writeReply(request, callId, RC.noSuchResource) : writeRscInfo(request, callId, rsc),
  };
};

/** [protocol 4.4]. An unknown resource is as good as an unregistered one. */
const rscUnregister: Handler = (context, request, callId) => {
  const id = readRscId(request);
  if (id === undefined) {
    return { reply: writeReply(request, callId, RC.noSuchResource) };
  }
  const rc = context.executor.unregister(id) === 'busy' ? RC.inProgress : RC.ok;
  return {
    reply: writeReply(request, callId, rc),
    notification: writeGenericNotification(request.op, callId, rc, id),
  };
};

/**
 * [protocol 4.5]. The reply carries the call id as its rc; the result comes when it is there. What could not be told
 * with its parameters is not begun: a controller would wait for it until its own deadline.
 */
const rscExec: Handler = (context, request, callId) => {
  const fields = readExec(request);
  if (fields === undefined) {
    return { reply: writeReply(request, callId, RC.invalidArguments) };
  }
  // The request itself is a bound that costs nothing: only for a very large one is looked at what is given back.
  const isTellable =
    surelyFitsIn(ECHO_LIMIT_BYTES, request.root) || fitsIn(ECHO_LIMIT_BYTES, writeExec(fields));
  if (!isTellable) {
    emit('op.refused', { peer: context.peer, callId, limitBytes: ECHO_LIMIT_BYTES });
    return { reply: writeReply(request, callId, RC.tooLarge) };
  }
  const isQueued = context.executor.exec({
    ...fields,
    callId,
    origin: context.clientId,
    origOnly: (request.callOptions & CALL_OPTION.origOnly) !== 0,
    changesOnly: (request.callOptions & CALL_OPTION.changesOnly) !== 0,
  });
  return { reply: writeReply(request, callId, isQueued ? callId : RC.noSuchResource) };
};

const CANCEL_RC = { done: RC.ok, none: RC.notSupported, unknown: RC.noSuchResource } as const;

/** [protocol 4.6] */
const rscCancel: Handler = (context, request, callId) => {
  const key = readCancel(request);
  if (key === undefined) {
    return { reply: writeReply(request, callId, RC.invalidArguments) };
  }
  const found = context.executor.cancel(key.rscId, key.action, key.intervalMs);
  return { reply: writeReply(request, callId, CANCEL_RC[found]) };
};

/** [protocol 4.7] */
const getRecurring: Handler = (context, request, callId) => {
  const found = context.executor.recurring(readRscId(request));
  if (found === undefined) {
    return { reply: writeReply(request, callId, RC.noSuchResource) };
  }
  const children = found.map(({ rscId, operations }) => writeRecurring(rscId, operations));
  return { reply: writeReply(request, callId, RC.ok, {}, children) };
};

/** [protocol 3.9]. A controller watches for the notification, not for the reply. */
const poke: Handler = (_context, request, callId) => ({
  reply: writeReply(request, callId, RC.ok),
  notification: writeGenericNotification(request.op, callId, RC.ok, undefined),
});

/** [protocol 4.8]. Answered at once; the outcome is for the log only. */
const alertExec: Handler = (context, request, callId) => {
  const alert = readAlert(request);
  if (alert === undefined) {
    return { reply: writeReply(request, callId, RC.invalidArguments) };
  }
  // For want of the account the C daemon says the same as for want of an argument.
  const rc = context.alerts.send(alert) === 'accepted' ? RC.ok : RC.invalidArguments;
  return { reply: writeReply(request, callId, rc) };
};

/** [protocol 4.9]. Never answered. */
const check: Handler = (context, request) => {
  const fields = readCheck(request);
  if (fields === undefined) {
    emit('message.invalid', { peer: context.peer, reason: 'Expected data in a watchdog check, got none' });
  } else {
    context.watchdog.check(fields.watchdog, context.peer);
  }
  return {};
};

/** [protocol 6.4]. Always answered: 3.x controllers count the replies that they still expect. */
const ipcForward: Handler = (context, request, callId) => {
  context.forward(readProxy(request.root));
  return { reply: writeReply(request, callId, RC.ok) };
};

/** Known to the protocol, not here yet; answered at once, or the peer would wait 10 s and leave. */
const unsupported =
  (rc: number): Handler =>
  (context, request, callId) => {
    emit('session.unsupported', { peer: context.peer, op: request.op, rc });
    return { reply: writeReply(request, callId, rc) };
  };

/** Unknown operations [protocol 4.1, last rows]. */
export const unknownOperation = unsupported(RC.notSupported);

/** Operations that are not allowed through the door they came by. */
export const refusedOperation = unsupported(RC.accessDenied);

export const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  [OP.register, register],
  [OP.rscRegister, rscRegister],
  [OP.rscInfo, rscInfo],
  [OP.rscUnregister, rscUnregister],
  [OP.rscExec, rscExec],
  [OP.rscCancel, rscCancel],
  [OP.getRecurring, getRecurring],
  [OP.poke, poke],
  [OP.check, check],
  [OP.alertExec, alertExec],
  [OP.ipcForward, ipcForward],
]);
