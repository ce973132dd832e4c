// What is recorded of one schedule: what controllers asked, what the agent ran, what controllers were told.
import type { Completion } from '../../../src/client/index.ts';

/** How the agent `test:recorder` behaves. */
export const BEHAVIOURS = ['exit', 'slow', 'fork', 'flip', 'hang', 'crash'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

interface Answered {
  /** The daemon's number of the request: requests were handled in the order of their numbers [protocol 3.5]. */
  readonly callId: number;
  /** The connection that asked. */
  readonly controller: string;
  readonly rc: number;
  /** Milliseconds since boot, as all times here; the kernel tells them in steps of 10. */
  readonly repliedMs: number;
  readonly sentMs: number;
}

export interface Register extends Answered {
  readonly what: 'register';
  readonly rscId: string;
  readonly type: string;
  /** Its recurring operations go when the last controller leaves. */
  readonly drop: boolean;
}

export interface Exec extends Answered {
  readonly what: 'exec';
  readonly rscId: string;
  readonly action: string;
  readonly intervalMs: number;
  /** Names the request: parameter and user data. */
  readonly tag: string;
  readonly behaviour: Behaviour;
  readonly timeoutMs: number;
  readonly origOnly: boolean;
  readonly changesOnly: boolean;
}

export interface Cancel extends Answered {
  readonly what: 'cancel';
  readonly rscId: string;
  readonly action: string;
  readonly intervalMs: number;
}

export interface Unregister extends Answered {
  readonly what: 'unregister';
  readonly rscId: string;
}

export interface List extends Answered {
  readonly what: 'list';
  readonly rscId: string;
  readonly listed: readonly { readonly action: string; readonly intervalMs: number }[];
  /** Every operation asked for before has had its first result. */
  readonly isSettled: boolean;
}

export interface Poke extends Answered {
  readonly what: 'poke';
}

/** No request: the last controller has left. Its number lies between those of the requests around it. */
export interface AllLeft extends Answered {
  readonly what: 'all-left';
}

export type Asked = Register | Exec | Cancel | Unregister | List | Poke | AllLeft;

/** One run of the agent. */
export interface Run {
  readonly rscId: string;
  readonly pid: number;
  readonly tag: string;
  readonly action: string;
  readonly intervalMs: number;
  readonly startMs: number;
  /** Undefined when it was killed, or still runs. */
  readonly end?: { readonly ms: number; readonly status: number | 'signal' };
  /** A process of an earlier run that was still there. */
  readonly beside?: number;
}

export type Told =
  | { readonly kind: 'reply'; readonly callId: number }
  /** Told to everybody because of a request, such as a poke: all streams have it at the same place. */
  | { readonly kind: 'common'; readonly callId: number; readonly op: string }
  | { readonly kind: 'result'; readonly result: Completion };

/** All that one connection was told, in the order in which it came. */
export interface Stream {
  readonly controller: string;
  /** The number of the request by which it got its name, and when that was answered. */
  readonly callId: number;
  readonly registeredMs: number;
  /** It was connected to the end. */
  readonly isOpen: boolean;
  readonly told: readonly Told[];
}

export interface History {
  readonly asked: readonly Asked[];
  /** Requests without a reply, described. */
  readonly unanswered: readonly string[];
  /** In the order in which they began. */
  readonly runs: readonly Run[];
  readonly streams: readonly Stream[];
}
