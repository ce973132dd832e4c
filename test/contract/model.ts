import type { ConnectOptions } from '../../src/client/index.ts';
import type { XmlElement } from '../../src/protocol/xml-tree.ts';

/** Which daemon a step is about: Pacemaker's own or Bundlet. */
export type Generation = 'c' | 'ours';

/** A number between two others, both included. */
export interface Range {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A value that an earlier step kept with `keep`. */
export interface Reference {
  readonly ref: string;
}

/**
 * What a value should be: equal to a plain one, matched by an expression, within a range, the one that was kept, or
 * with these fields at least. `undefined` says that it should be absent.
 */
export type Expected =
  | string
  | number
  | boolean
  | undefined
  | RegExp
  | Range
  | Reference
  | { readonly [field: string]: Expected };

/** Fields that an event, a reply or a message should have. */
export type Pattern = Readonly<Record<string, Expected>>;

/** An event that should come. */
export interface ExpectedEvent {
  readonly event: Pattern;
  /** Milliseconds since the expected event before it, or since the request. */
  readonly afterMs?: Range;
}

/** Who speaks: controllers are connected when they are first named, with the name as their name. */
export type Peer = string;

interface Common {
  /** What it is, for the report of a failure. */
  readonly what: string;
  /** Played for one of the daemons only; the case then says in `differs` why. */
  readonly only?: Generation;
}

/** A request through the controller library, its answer and what is told because of it. */
export interface RequestStep extends Common {
  readonly do: 'request';
  readonly by: Peer;
  readonly op: string;
  readonly data?: XmlElement;
  readonly callOptions: number;
  /** Value of `lrmd_rc`; `call-id` for any positive one; `none` when no answer should come. */
  readonly rc: number | 'call-id' | 'none';
  /** Attributes of the reply, and `children`, its XML. */
  readonly reply?: Pattern;
  /** Keeps the call id under this name. */
  readonly keep?: string;
  /**
   * In this order, from the sending on; others may come between. With none, what comes is left for the steps behind.
   */
  readonly events: readonly ExpectedEvent[];
  readonly withinMs: number;
}

/** Events that should come by themselves, counted from the last one that was expected. */
export interface EventsStep extends Common {
  readonly do: 'events';
  readonly by: Peer;
  /** They need not come in their order. */
  readonly inAnyOrder?: true;
  readonly events: readonly ExpectedEvent[];
  readonly withinMs: number;
}

/** An event that should not come. */
export interface SilenceStep extends Common {
  readonly do: 'silence';
  readonly by: Peer;
  readonly event: Pattern;
  readonly forMs: number;
}

export interface ConnectStep extends Common {
  readonly do: 'connect';
  readonly by: Peer;
  readonly options: Partial<ConnectOptions>;
  /** The registration should be refused with this code. */
  readonly refused?: number;
  /** What the daemon should tell of itself. */
  readonly daemon?: Pattern;
}

export interface LeaveStep extends Common {
  readonly do: 'leave';
  readonly by: Peer;
}

/** Bytes as they are, by a peer that only proved the key; each piece is a TLS record of its own. */
export interface BytesStep extends Common {
  readonly do: 'bytes';
  readonly by: Peer;
  readonly pieces: readonly Buffer[];
  /** Messages that should come, in this order; fields are attributes, `element` and `children`. */
  readonly messages: readonly Pattern[];
  /** Nothing else may have come meanwhile. */
  readonly isAll?: boolean;
  /** The daemon should close the connection. */
  readonly isClosed?: boolean;
  readonly withinMs: number;
}

/** What may become of a peer that writes something odd, and of the others. */
export const FATES = ['answered', 'ignored', 'closed', 'holds up all', 'ends the daemon'] as const;
export type Fate = (typeof FATES)[number];

/** Bytes as they are, and what becomes of the peer that wrote them. */
export interface FateStep extends Common {
  readonly do: 'fate';
  readonly by: Peer;
  readonly pieces: readonly Buffer[];
  /** One of these: what reads beyond its memory does not always do the same. */
  readonly fates: readonly Fate[];
}

/** Looks at, or changes, a file as the daemon sees it. */
export interface FileStep extends Common {
  readonly do: 'file';
  readonly path: string;
  readonly is: 'there' | 'missing' | 'removed' | 'written';
  /** What it should hold, or is made to hold. */
  readonly text?: string | RegExp;
}

/** Waits until so many processes of that name run beside the daemon. */
export interface ProcessesStep extends Common {
  readonly do: 'processes';
  readonly named: string;
  readonly count: number;
}

/** Runs a shell text beside the daemon. */
export interface ShellStep extends Common {
  readonly do: 'shell';
  readonly text: string;
}

/** Starts a command beside the daemon, such as one of Pacemaker's tools; the case goes on. */
export interface ToolStep extends Common {
  readonly do: 'tool';
  readonly name: string;
  readonly text: string;
}

/** Waits for a command's end. */
export interface ToolEndStep extends Common {
  readonly do: 'tool-end';
  readonly name: string;
  /** `code`, `stdout`, `stderr`. */
  readonly result: Pattern;
  readonly withinMs: number;
}

/** What a provider is told for a local client. */
export interface RelayedStep extends Common {
  readonly do: 'relayed';
  readonly by: Peer;
  /** Fields of the message; others may come before it. */
  readonly fields: Pattern;
  /** Keeps a field, or what an expression finds first in the message, under a name. */
  readonly keep: Readonly<Record<string, string | RegExp>>;
  readonly withinMs: number;
}

/** What a provider sends for a local client. In each field `{name}` stands for what was kept under that name. */
export interface ForwardStep extends Common {
  readonly do: 'forward';
  readonly by: Peer;
  readonly op: string;
  readonly session: string;
  readonly messageId?: string;
  readonly message?: string;
}

export type Step =
  | RequestStep
  | EventsStep
  | SilenceStep
  | ConnectStep
  | LeaveStep
  | BytesStep
  | FateStep
  | FileStep
  | ProcessesStep
  | ShellStep
  | ToolStep
  | ToolEndStep
  | RelayedStep
  | ForwardStep;

/**
 * What a case needs: classes of agents, `alert` agents, Pacemaker's `tools`, or `none` for what is about messages alone.
 */
export const AGENT_CLASSES = ['none', 'ocf', 'lsb', 'service', 'systemd', 'alert', 'tools'] as const;
export type AgentClass = (typeof AGENT_CLASSES)[number];

/** What the two daemons do, where they differ on purpose. */
export interface Difference {
  readonly c: string;
  readonly ours: string;
  readonly why: string;
}

/** One promise of the protocol: a list of steps against a fresh daemon. */
export interface ContractCase {
  readonly name: string;
  /** Where the reference promises it. */
  readonly clause: string;
  readonly classes: readonly AgentClass[];
  /** Each step by a connection of its own: what is registered and recurs must outlive it, as cts-exec shows. */
  readonly reconnects?: true;
  readonly env?: Readonly<Record<string, string>>;
  readonly differs?: Difference;
  readonly steps: readonly Step[];
}
