import { Executor } from '../executor/executor.ts';
import type { OperationRequest, Report, ResourceSnapshot, RunObserver } from '../executor/report.ts';
import { emit } from '../observe/events.ts';
import { writeFittingCompletion } from '../protocol/completion.ts';
import { type Envelope, writeNotification, writeReply } from '../protocol/envelope.ts';
import { IPC_OP, type ProxyFields } from '../protocol/ipc-proxy.ts';
import type { Relay } from '../protocol/ipc-relay.ts';
import { OP, RC } from '../protocol/names.ts';
import { fitsIn } from '../protocol/xml-size.ts';
import type { ActionRunner } from '../standards/action.ts';
import type { Alerts } from '../standards/alert.ts';
import type { SecureConnection } from '../transport/secure-connection.ts';
import { TEXT_LIMIT_BYTES } from '../wire/limits.ts';
import { isAllowed } from './authorize.ts';
import { CallIds } from './call-ids.ts';
import { ControlDoor, type OpenAsker } from './control-door.ts';
import { type DaemonFacts, HANDLERS, type Handler, refusedOperation, unknownOperation } from './handlers.ts';
import { Peers } from './peers.ts';
import { Providers } from './providers.ts';
import { ProxySessions } from './proxy-sessions.ts';
import { Session, type SessionOwner, type SessionTools } from './session.ts';
import { Shutdown } from './shutdown.ts';
import type { WatchdogCheck } from './watchdog-check.ts';

export interface HubOptions extends SessionTools {
  readonly runner: ActionRunner;
  readonly facts: DaemonFacts;
  readonly alerts: Pick<Alerts, 'send'>;
  readonly watchdog: Pick<WatchdogCheck, 'check'>;
  /** How long the cluster may take to move everything away before the daemon ends, in ms. */
  readonly shutdownTimeoutMs: number;
  /** A controller registered that can serve local clients; `relay` reaches the newest such. */
  readonly onProvider?: (protocolVersion: string, relay: Relay) => void;
  /** Hears of every run of an operation. */
  readonly observer?: RunObserver;
  /** Answers those who ask about the daemon. Default: nobody does. */
  readonly openAsker?: OpenAsker;
}

/** Who is connected. */
export interface ConnectedPeer {
  readonly address: string;
  readonly name?: string;
  readonly isProvider: boolean;
  readonly sinceMs: number;
}

/** Of operations that somebody runs by hand: no connection has this id. */
const BY_HAND = 'by hand';

/** Brings peers and executor together: requests go in, replies and results go out. */
export class Hub implements SessionOwner {
  readonly #options: HubOptions;
  readonly #executor: Executor;
  readonly #peers = new Peers();
  readonly #sessions = new Set<Session>();
  readonly #callIds = new CallIds();
  readonly #providers = new Providers();
  readonly #proxySessions = new ProxySessions(this.#providers);
  readonly #shutdown: Shutdown;
  readonly #door: ControlDoor | undefined;
  /** Who waits for the result of what he runs by hand, by call id. */
  readonly #byHand = new Map<number, (report: Report) => void>();
  #isStopping = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#shutdown = new Shutdown(this.#providers, {
      clock: options.clock,
      timeoutMs: options.shutdownTimeoutMs,
    });
    this.#executor = new Executor(options, (report) => this.#tell(report));
    this.#door = options.openAsker === undefined ? undefined : new ControlDoor(options.openAsker);
  }

  /** Reaches the cluster's servers for those who are in here, by way of the newest provider. */
  get relay(): Relay {
    return this.#proxySessions;
  }

  /** True once the daemon was asked to end. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Every resource and its operations. */
  resources(): readonly ResourceSnapshot[] {
    return this.#executor.snapshot();
  }

  /** Everybody who is connected, in the order in which they came. */
  peers(): readonly ConnectedPeer[] {
    return [...this.#sessions].map((session) => ({
      address: session.peer,
      ...(session.name === undefined ? {} : { name: session.name }),
      isProvider: this.#providers.has(session),
      sinceMs: session.sinceMs,
    }));
  }

  /** Runs an action once, in its turn; only `onReport` hears of the result. False if there is no such resource. */
  runByHand(
    request: Pick<OperationRequest, 'rscId' | 'action' | 'timeoutMs' | 'parameters'>,
    onReport: (report: Report) => void,
  ): boolean {
    const callId = this.#callIds.next();
    this.#byHand.set(callId, onReport);
    const once = { intervalMs: 0, startDelayMs: 0, origOnly: true, changesOnly: false };
    const isQueued = this.#executor.exec({ ...request, ...once, callId, origin: BY_HAND });
    if (!isQueued) {
      this.#byHand.delete(callId);
    }
    return isQueued;
  }

  /** Takes an authenticated connection. The others hear of it before it says anything [protocol 3.7]. */
  accept(connection: SecureConnection): void {
    const session = new Session(connection, this, this.#options);
    this.#peers.notify(writeNotification({ lrmd_op: OP.newClient }));
    this.#peers.add(session);
    this.#sessions.add(session);
    session.start();
  }

  /**
   * Asks the cluster to move everything away, and calls `onEnd` once when it has, or will not, or takes too long. At
   * once where no controller can be asked, and when it is called again. Peers are served until `close`.
   */
  terminate(onEnd: () => void): void {
    this.#isStopping = true;
    this.#shutdown.terminate(onEnd);
  }

  /** Says goodbye to everybody. What runs goes on. */
  close(reason: string): void {
    for (const session of this.#sessions) {
      session.close(reason);
    }
  }

  handle(session: Session, request: Envelope): boolean {
    const callId = this.#callIds.next();
    const context = {
      executor: this.#executor,
      facts: this.#options.facts,
      alerts: this.#options.alerts,
      watchdog: this.#options.watchdog,
      clientId: session.id,
      peer: session.peer,
      forward: (fields: ProxyFields) => this.#forward(session, fields),
    };
    emit('session.request', { peer: session.peer, op: request.op, callId });
    if (request.op === OP.control && this.#door !== undefined) {
      session.send(this.#door.handle(session, request, callId));
      // It is no controller: whatever it calls itself, it stays without a name.
      return false;
    }
    const outcome = handlerOf(request.op)(context, request, callId);
    if (outcome.reply !== undefined) {
      // Such as a list of very many, or a name that is longer escaped: a peer that hears nothing leaves after 10 s.
      const isTellable = fitsIn(TEXT_LIMIT_BYTES, outcome.reply);
      session.send(isTellable ? outcome.reply : writeReply(request, callId, RC.tooLarge));
    }
    if (outcome.notification !== undefined) {
      this.#peers.notify(outcome.notification);
    }
    if (outcome.providerVersion !== undefined) {
      this.#providers.add(session);
      this.#shutdown.joined();
      this.#options.onProvider?.(outcome.providerVersion, this.#proxySessions);
    }
    return outcome.isRefused !== true;
  }

  /** The clean-up in the order of the C daemon [protocol 3.8]. */
  ended(session: Session, clean: boolean): void {
    this.#peers.remove(session);
    this.#sessions.delete(session);
    this.#door?.ended(session);
    const wasProvider = this.#providers.remove(session);
    this.#proxySessions.providerLeft(session);
    if (session.name !== undefined && !this.#peers.hasNamed) {
      emit('session.dropped-recurring', { peer: session.peer });
      this.#executor.dropRecurring();
    }
    if (wasProvider) {
      this.#shutdown.left(session, clean);
    }
  }

  /** What a controller sends for local clients, or about the shutdown [protocol 6.4]. */
  #forward(session: Session, fields: ProxyFields): void {
    switch (fields.op) {
      case IPC_OP.shutdownAck:
        this.#shutdown.answered('ack');
        break;
      case IPC_OP.shutdownNack:
        this.#shutdown.answered('nack');
        break;
      case IPC_OP.response:
      case IPC_OP.event:
      case IPC_OP.destroy:
        this.#proxySessions.forward(session, fields);
        break;
      default:
        emit('proxy.invalid', { peer: session.peer, op: fields.op, reason: 'Expected a known lrmd_ipc_op' });
    }
  }

  /** A result goes to everybody, or only to the connection that asked [protocol 5.16]. */
  #tell(report: Report): void {
    const { request, times, ...result } = report;
    if (request.origin === BY_HAND) {
      this.#byHand.get(report.callId)?.(report);
      this.#byHand.delete(report.callId);
      return;
    }
    // A merged operation speaks with the user data of the newer request, or none.
    const { userData: _first, ...fields } = request;
    const done = { ...fields, ...result, ...times };
    const { message, leftOut } = writeFittingCompletion(done, TEXT_LIMIT_BYTES);
    if (leftOut.length > 0) {
      const { rscId: rsc, action: op, callId } = done;
      emit('op.told-in-part', { rsc, op, callId, leftOut: leftOut.join(', ') });
    }
    if (request.origOnly) {
      this.#peers.notifyOne(request.origin, message);
    } else {
      this.#peers.notify(message);
    }
  }
}

/** Who comes by TLS may do what its door allows; what nobody knows is no matter of rights. */
function handlerOf(op: string): Handler {
  const known = HANDLERS.get(op);
  if (known === undefined) {
    return unknownOperation;
  }
  return isAllowed('tls', op) ? known : refusedOperation;
}
