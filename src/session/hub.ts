import { Executor } from '../executor/executor.ts';
import type { Report } from '../executor/report.ts';
import { emit } from '../observe/events.ts';
import { writeCompletion } from '../protocol/completion.ts';
import { type Envelope, writeNotification } from '../protocol/envelope.ts';
import { OP } from '../protocol/names.ts';
import type { ActionRunner } from '../standards/action.ts';
import type { Alerts } from '../standards/alert.ts';
import type { SecureConnection } from '../transport/secure-connection.ts';
import { isAllowed } from './authorize.ts';
import { CallIds } from './call-ids.ts';
import { type DaemonFacts, HANDLERS, type Handler, refusedOperation, unknownOperation } from './handlers.ts';
import { Peers } from './peers.ts';
import { Session, type SessionOwner, type SessionTools } from './session.ts';
import type { WatchdogCheck } from './watchdog-check.ts';

export interface HubOptions extends SessionTools {
  readonly runner: ActionRunner;
  readonly facts: DaemonFacts;
  readonly alerts: Pick<Alerts, 'send'>;
  readonly watchdog: Pick<WatchdogCheck, 'check'>;
}

/** Brings peers and executor together: requests go in, replies and results go out. */
export class Hub implements SessionOwner {
  readonly #options: HubOptions;
  readonly #executor: Executor;
  readonly #peers = new Peers();
  readonly #sessions = new Set<Session>();
  readonly #callIds = new CallIds();

  constructor(options: HubOptions) {
    this.#options = options;
    this.#executor = new Executor(options, (report) => this.#tell(report));
  }

  /** Takes an authenticated connection. The others hear of it before it says anything [protocol 3.7]. */
  accept(connection: SecureConnection): void {
    const session = new Session(connection, this, this.#options);
    this.#peers.notify(writeNotification({ lrmd_op: OP.newClient }));
    this.#peers.add(session);
    this.#sessions.add(session);
    session.start();
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
    };
    emit('session.request', { peer: session.peer, op: request.op, callId });
    const outcome = handlerOf(request.op)(context, request, callId);
    if (outcome.reply !== undefined) {
      session.send(outcome.reply);
    }
    if (outcome.notification !== undefined) {
      this.#peers.notify(outcome.notification);
    }
    return outcome.isRefused !== true;
  }

  ended(session: Session): void {
    this.#peers.remove(session);
    this.#sessions.delete(session);
    if (session.name !== undefined && !this.#peers.hasNamed) {
      emit('session.dropped-recurring', { peer: session.peer });
      this.#executor.dropRecurring();
    }
  }

  /** A result goes to everybody, or only to the connection that asked [protocol 5.16]. */
  #tell(report: Report): void {
    const { request, times, ...result } = report;
    // A merged operation speaks with the user data of the newer request, or none.
    const { userData: _first, ...fields } = request;
    const message = writeCompletion({ ...fields, ...result, ...times });
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
