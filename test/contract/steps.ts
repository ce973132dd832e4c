// Longer than most: one function a kind of step, so that cases read as lists.
import type { ConnectOptions, OperationKey, RscFields } from '../../src/client/index.ts';
import { writeExec } from '../../src/protocol/exec.ts';
import { CALL_OPTION, ELEMENT, OP } from '../../src/protocol/names.ts';
import { cancelAttributes, rscAttributes } from '../../src/protocol/rsc.ts';
import { element, type XmlElement } from '../../src/protocol/xml-tree.ts';
import type {
  BytesStep,
  ConnectStep,
  EventsStep,
  ExpectedEvent,
  Fate,
  FateStep,
  FileStep,
  ForwardStep,
  Generation,
  LeaveStep,
  Pattern,
  Peer,
  ProcessesStep,
  RelayedStep,
  RequestStep,
  ShellStep,
  SilenceStep,
  Step,
  ToolEndStep,
  ToolStep,
} from './model.ts';

/** How long anything may take, in ms: as a rule far longer than it does, so that load makes a case slow, not wrong. */
export const WITHIN_MS = 20_000;

/** How soon a request must be answered, whatever it says, in ms. */
export const ANSWER_MS = 1000;

/**
 * How long nothing must come after a cancel, in ms. cts-exec waits twice 9 s with monitors of 2 s; ours have 1 s, so
 * two of them would have come.
 */
export const QUIET_MS = 2500;

/** What an operation asks for; what is left out is 0 or nothing. */
export interface ExecFieldsPart {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly startDelayMs?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly userData?: string;
}

/** What should become of a request. */
export interface Outcome {
  readonly rc?: RequestStep['rc'];
  readonly reply?: Pattern;
  readonly events?: readonly (Pattern | ExpectedEvent)[];
  readonly withinMs?: number;
  readonly callOptions?: number;
  readonly keep?: string;
}

/** The result of an operation. */
export const result = (rscId: string, action: string, fields: Pattern = {}): Pattern => ({
  type: 'result',
  rscId,
  action,
  rc: 0,
  status: 0,
  ...fields,
});

/** Any result of an operation. */
export const anyResult = (rscId: string, action: string): Pattern => ({ type: 'result', rscId, action });

const expectedOf = (one: Pattern | ExpectedEvent): ExpectedEvent =>
  isExpectedEvent(one) ? one : { event: one };

function isExpectedEvent(one: Pattern | ExpectedEvent): one is ExpectedEvent {
  return typeof one['event'] === 'object';
}

/** Steps of one controller. */
export interface ControllerSteps {
  connects(options?: Partial<ConnectOptions>, daemon?: Pattern): ConnectStep;
  isRefused(rc: number, options: Partial<ConnectOptions>): ConnectStep;
  leaves(): LeaveStep;
  registers(rsc: RscFields, outcome?: Outcome): RequestStep;
  unregisters(rscId: string, outcome?: Outcome): RequestStep;
  /** Expects the result `rc:ok done` unless told otherwise. */
  execs(rscId: string, action: string, fields?: ExecFieldsPart, outcome?: Outcome): RequestStep;
  cancels(key: OperationKey, outcome?: Outcome): RequestStep;
  pokes(outcome?: Outcome): RequestStep;
  /** Any request; `data` becomes the call data. */
  asks(op: string, data: XmlElement | undefined, outcome?: Outcome): RequestStep;
  hears(...events: readonly (Pattern | ExpectedEvent)[]): EventsStep;
  hearsInAnyOrder(...events: readonly Pattern[]): EventsStep;
  hearsNone(event: Pattern, forMs?: number): SilenceStep;
}

export function controller(by: Peer): ControllerSteps {
  const asks = (op: string, data: XmlElement | undefined, outcome: Outcome = {}): RequestStep => ({
    do: 'request',
    what: `${by}: ${op} ${data === undefined ? '' : Object.values(data.attributes).join(' ')}`,
    by,
    op,
    callOptions: outcome.callOptions ?? 0,
    rc: outcome.rc ?? 0,
    events: (outcome.events ?? []).map(expectedOf),
    withinMs: outcome.withinMs ?? WITHIN_MS,
    ...(data === undefined ? {} : { data }),
    ...(outcome.reply === undefined ? {} : { reply: outcome.reply }),
    ...(outcome.keep === undefined ? {} : { keep: outcome.keep }),
  });
  return {
    asks,
    connects: (options = {}, daemon) => ({
      do: 'connect',
      what: `${by} connects`,
      by,
      options,
      ...(daemon === undefined ? {} : { daemon }),
    }),
    isRefused: (refused, options) => ({ do: 'connect', what: `${by} is refused`, by, options, refused }),
    leaves: () => ({ do: 'leave', what: `${by} leaves`, by }),
    registers: (rsc, outcome) =>
      asks(OP.rscRegister, element(ELEMENT.rsc, rscAttributes(rsc)), {
        events: [{ type: 'registered', rscId: rsc.id, rc: 0 }],
        ...outcome,
      }),
    unregisters: (rscId, outcome) =>
      asks(OP.rscUnregister, rscElement({ lrmd_rsc_id: rscId }), {
        events: [{ type: 'unregistered', rscId, rc: 0 }],
        ...outcome,
      }),
    execs: (rscId, action, fields = {}, outcome = {}) =>
      asks(OP.rscExec, execElement(rscId, action, fields), {
        rc: 'call-id',
        events: [result(rscId, action)],
        ...outcome,
      }),
    cancels: (key, outcome) =>
      asks(OP.rscCancel, rscElement(cancelAttributes(key)), {
        events: [result(key.rscId, key.action, { status: 1 })],
        ...outcome,
      }),
    pokes: (outcome) => asks(OP.poke, undefined, { events: [{ type: 'poke' }], ...outcome }),
    hears: (...events) => ({
      do: 'events',
      what: `${by} hears`,
      by,
      events: events.map(expectedOf),
      withinMs: WITHIN_MS,
    }),
    hearsInAnyOrder: (...events) => ({
      do: 'events',
      what: `${by} hears in any order`,
      by,
      events: events.map(expectedOf),
      inAnyOrder: true,
      withinMs: WITHIN_MS,
    }),
    hearsNone: (event, forMs = QUIET_MS) => ({ do: 'silence', what: `${by} hears none`, by, event, forMs }),
  };
}

/** The element that every request about a resource carries. */
export const rscElement = (attributes: Readonly<Record<string, string | number>>): XmlElement =>
  element(ELEMENT.rsc, attributes);

export function execElement(rscId: string, action: string, fields: ExecFieldsPart): XmlElement {
  return writeExec({
    rscId,
    action,
    intervalMs: fields.intervalMs ?? 0,
    timeoutMs: fields.timeoutMs ?? 0,
    startDelayMs: fields.startDelayMs ?? 0,
    parameters: new Map(Object.entries(fields.parameters ?? {})),
    ...(fields.userData === undefined ? {} : { userData: fields.userData }),
  });
}

/** `lrmd_callopt` of an exec. */
export const ORIG_ONLY = CALL_OPTION.origOnly;
export const CHANGES_ONLY = CALL_OPTION.changesOnly;

/** "Drop recurring operations" as 2.1.x and as 3.x say it [protocol 3.6]. */
export const DROP_OLD = 3;
export const DROP_NEW = CALL_OPTION.dropRecurring;

/** What a peer with the key writes, and the messages that should come of it. */
export function writes(
  by: Peer,
  pieces: readonly Buffer[],
  outcome: Partial<Pick<BytesStep, 'messages' | 'isAll' | 'isClosed' | 'withinMs' | 'what'>> = {},
): BytesStep {
  return {
    do: 'bytes',
    what: `${by} writes ${pieces.length} records`,
    by,
    pieces,
    messages: [],
    withinMs: WITHIN_MS,
    ...outcome,
  };
}

/** What a peer with the key writes, and what becomes of it. */
export const isLeft = (by: Peer, pieces: readonly Buffer[], ...fates: readonly Fate[]): FateStep => ({
  do: 'fate',
  what: `${by} writes something odd`,
  by,
  pieces,
  fates,
});

export const rawLeaves = (by: Peer): LeaveStep => ({ do: 'leave', what: `${by} leaves`, by });

export function file(path: string, is: FileStep['is'], text?: string | RegExp): FileStep {
  return { do: 'file', what: `${path} ${is}`, path, is, ...(text === undefined ? {} : { text }) };
}

export const processes = (named: string, count: number): ProcessesStep => ({
  do: 'processes',
  what: `${count} × ${named}`,
  named,
  count,
});

export const shell = (text: string): ShellStep => ({ do: 'shell', what: text, text });

/** A command beside the daemon, while the case goes on. */
export const starts = (name: string, text: string): ToolStep => ({
  do: 'tool',
  what: `${name} starts: ${text}`,
  name,
  text,
});

/** How a command ends. */
export const ends = (name: string, result: Pattern, withinMs = WITHIN_MS): ToolEndStep => ({
  do: 'tool-end',
  what: `${name} ends`,
  name,
  result,
  withinMs,
});

/** What a provider is told for a local client; `keep` gives names to fields, or to what is found in the message. */
export const isTold = (
  by: Peer,
  fields: Pattern,
  keep: Readonly<Record<string, string | RegExp>> = {},
): RelayedStep => ({
  do: 'relayed',
  what: `${by} is told of a local client: ${String(fields['op'])}`,
  by,
  fields,
  keep,
  withinMs: WITHIN_MS,
});

/** What a provider sends for a local client; `{name}` stands for what was kept. */
export const forwards = (
  by: Peer,
  op: string,
  fields: Pick<ForwardStep, 'session' | 'messageId' | 'message'>,
): ForwardStep => ({ do: 'forward', what: `${by} sends a local client: ${op}`, by, op, ...fields });

/** Steps for one of the two daemons only; the case then says in `differs` why. */
export function onlyFor(only: Generation, ...steps: readonly Step[]): Step[] {
  return steps.map((step) => ({ ...step, only }));
}
