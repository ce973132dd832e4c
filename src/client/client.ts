// Longer than most: each request of the protocol is one method, and together they are the public face.
import { DEFAULT_PORT } from '../config/port.ts';
import { AgentError } from '../errors/agent-error.ts';
import { writeAlert } from '../protocol/alert.ts';
import { writeCheck } from '../protocol/check.ts';
import { writeRequest } from '../protocol/envelope.ts';
import { type ExecFields, writeExec } from '../protocol/exec.ts';
import { type ProxyFields, writeForward } from '../protocol/ipc-proxy.ts';
import { CALL_OPTION, ELEMENT, OP, RC, rcText } from '../protocol/names.ts';
import { writeRegister } from '../protocol/register.ts';
import {
  cancelAttributes,
  type OperationKey,
  type RecurringFields,
  type RscFields,
  readRecurring,
  readRscInfo,
  rscAttributes,
} from '../protocol/rsc.ts';
import { readInteger } from '../protocol/values.ts';
import { element, type XmlElement } from '../protocol/xml-tree.ts';
import type { SecureConnection } from '../transport/secure-connection.ts';
import { connect } from '../transport/tls-client.ts';
import { Channel, type ChannelHandlers } from './channel.ts';
import { EventQueue } from './event-queue.ts';
import { type ClientEvent, readEvent } from './events.ts';
import { RemoteOperation } from './operation.ts';
import {
  type AlertRequest,
  type CallOptions,
  type ConnectOptions,
  type DaemonInfo,
  type ExecRequest,
  REQUEST_TIMEOUT_MS,
  type RegisterOptions,
} from './options.ts';

/**
 * A controller of one Pacemaker Remote daemon.
 *
 * @example
 * await using client = await RemoteClient.connect({ host: '127.0.0.1', key });
 * await client.registerResource({ id: 'web', class: 'ocf', provider: 'heartbeat', type: 'apache' });
 * const { result } = await client.exec({ rscId: 'web', action: 'start', timeoutMs: 40_000 });
 * console.log((await result).rc);
 */
export class RemoteClient implements AsyncDisposable {
  readonly #channel: Channel;
  readonly #timeoutMs: number;
  readonly #onEvent: (event: ClientEvent) => void;
  readonly #operations = new Map<number, RemoteOperation>();
  readonly #readers = new Set<EventQueue<ClientEvent>>();
  readonly #closed = Promise.withResolvers<AgentError>();
  #daemon: DaemonInfo | undefined;

  /**
   * Connects and registers.
   * @throws AgentError CONNECT_FAILED, TLS_HANDSHAKE_FAILED, TLS_HANDSHAKE_TIMEOUT, REQUEST_REFUSED, ABORTED,
   *   CERTIFICATES_INVALID
   */
  static async connect(options: ConnectOptions): Promise<RemoteClient> {
    const { host, port = DEFAULT_PORT, timeoutMs = REQUEST_TIMEOUT_MS } = options;
    const { key, certificates, priorities, signal } = options;
    const connection = await connect({
      host,
      port,
      timeoutMs,
      ...(key === undefined ? {} : { key }),
      ...(certificates === undefined ? {} : { certificates }),
      ...(priorities === undefined ? {} : { priorities }),
      ...(signal === undefined ? {} : { signal }),
    });
    const name = options.name ?? `pacemaker-remote-${host}:${port}`;
    return RemoteClient.over(connection, { ...options, name });
  }

  /**
   * Registers by a connection that is there already, such as one inside the process.
   * @throws AgentError REQUEST_REFUSED, REQUEST_TIMEOUT, CONNECTION_LOST
   */
  static async over(connection: SecureConnection, options: RegisterOptions): Promise<RemoteClient> {
    const { timeoutMs = REQUEST_TIMEOUT_MS } = options;
    const makeChannel: MakeChannel = (handlers) => new Channel(connection, handlers);
    const client = new RemoteClient(makeChannel, timeoutMs, options.onEvent);
    try {
      await client.#register(options);
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  private constructor(
    makeChannel: MakeChannel,
    timeoutMs: number,
    onEvent: (event: ClientEvent) => void = () => undefined,
  ) {
    this.#timeoutMs = timeoutMs;
    this.#onEvent = onEvent;
    this.#channel = makeChannel({
      onNotification: (message) => this.#notified(message),
      onClose: (error) => this.#lost(error),
    });
  }

  /** What the daemon said of itself. */
  get daemon(): DaemonInfo {
    if (this.#daemon === undefined) {
      throw new Error('A client is given out only once it is registered');
    }
    return this.#daemon;
  }

  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  /** Resolves with the reason when the connection has ended. */
  get closed(): Promise<AgentError> {
    return this.#closed.promise;
  }

  /** Makes a resource known to the daemon; harmless when it is known already [protocol 4.2]. */
  async registerResource(
    rsc: RscFields,
    options: CallOptions & { readonly dropRecurring?: boolean } = {},
  ): Promise<void> {
    const callOptions = options.dropRecurring === true ? CALL_OPTION.dropRecurring : 0;
    await this.#call(OP.rscRegister, rscAttributes(rsc), callOptions, options);
  }

  /** @returns `in-progress` when an operation of it still goes on; it is removed all the same [protocol 4.4]. */
  async unregisterResource(rscId: string, options: CallOptions = {}): Promise<'done' | 'in-progress'> {
    const reply = await this.#ask(OP.rscUnregister, { lrmd_rsc_id: rscId }, options);
    const rc = rcOf(reply);
    if (rc === RC.inProgress) {
      return 'in-progress';
    }
    refuse(OP.rscUnregister, rc);
    return 'done';
  }

  /** @returns undefined when the daemon doesn't know it [protocol 4.3]. */
  async resourceInfo(rscId: string, options: CallOptions = {}): Promise<RscFields | undefined> {
    const reply = await this.#ask(OP.rscInfo, { lrmd_rsc_id: rscId }, options);
    const rc = rcOf(reply);
    if (rc === RC.noSuchResource) {
      return undefined;
    }
    refuse(OP.rscInfo, rc);
    return readRscInfo(reply);
  }

  /** Queues an operation; its result comes later [protocol 4.5]. */
  async exec(request: ExecRequest, options: CallOptions = {}): Promise<RemoteOperation> {
    const fields: ExecFields = {
      rscId: request.rscId,
      action: request.action,
      intervalMs: request.intervalMs ?? 0,
      timeoutMs: request.timeoutMs ?? 0,
      startDelayMs: request.startDelayMs ?? 0,
      parameters: new Map(Object.entries(request.parameters ?? {})),
      ...(request.userData === undefined ? {} : { userData: request.userData }),
    };
    const callOptions =
      (request.origOnly === true ? CALL_OPTION.origOnly : 0) |
      (request.changesOnly === true ? CALL_OPTION.changesOnly : 0);
    const onReply = (reply: XmlElement): RemoteOperation => {
      const rc = rcOf(reply);
      refuse(OP.rscExec, rc);
      const operation = new RemoteOperation(rc, fields);
      this.#operations.set(rc, operation);
      return operation;
    };
    return this.#request(OP.rscExec, writeExec(fields), callOptions, onReply, options);
  }

  /** @returns false when there was nothing to cancel [protocol 4.6]. */
  async cancel(key: OperationKey, options: CallOptions = {}): Promise<boolean> {
    const rc = rcOf(await this.#ask(OP.rscCancel, cancelAttributes(key), options));
    if (rc === RC.notSupported) {
      return false;
    }
    refuse(OP.rscCancel, rc);
    return true;
  }

  /** Recurring operations of one resource, or of all [protocol 4.7]. */
  async recurring(rscId?: string, options: CallOptions = {}): Promise<(OperationKey & RecurringFields)[]> {
    const reply = await this.#ask(OP.getRecurring, { lrmd_rsc_id: rscId }, options);
    refuse(OP.getRecurring, rcOf(reply));
    return readRecurring(reply);
  }

  /** Asks for a sign of life; all controllers get a `poke` event [protocol 3.9]. */
  async poke(options: CallOptions = {}): Promise<void> {
    await this.#call(OP.poke, undefined, 0, options);
  }

  /** Has an alert agent run; its outcome is in the daemon's log only [protocol 4.8]. */
  async sendAlert(alert: AlertRequest, options: CallOptions = {}): Promise<void> {
    const { id, path, timeoutMs = 0, parameters = {} } = alert;
    const data = writeAlert({ id, path, timeoutMs, parameters: new Map(Object.entries(parameters)) });
    refuse(OP.alertExec, rcOf(await this.send(OP.alertExec, data, 0, options)));
  }

  /**
   * Has the daemon see whether its watchdog does what the cluster relies on: `stonith-watchdog-timeout` as the cluster has it, undefined
   * where it has none. Never answered [protocol 4.9].
   */
  checkWatchdog(timeout: string | undefined): void {
    this.#channel.send(writeRequest(OP.check, 0, { lrmd_callopt: 0 }, [writeCheck(timeout)]));
  }

  /**
   * What a provider sends for the daemon's local clients, or `shutdown_ack` and `shutdown_nack` as its answer to
   * `shutdown_req` [protocol 6.4]. A daemon that ends because of it does not reply: CONNECTION_LOST.
   */
  async forward(fields: ProxyFields, options: CallOptions = {}): Promise<void> {
    const reply = await this.#channel.request(
      (messageId) => writeForward(fields, messageId),
      (answer) => answer,
      this.#limit(options),
    );
    refuse(OP.ipcForward, rcOf(reply));
  }

  /** Any request by its name; for tests and for what this library doesn't know. */
  async send(op: string, data?: XmlElement, callOptions = 0, options: CallOptions = {}): Promise<XmlElement> {
    return this.#request(op, data, callOptions, (reply) => reply, options);
  }

  /** Everything the daemon tells from now on; ends with the connection, or by `break`. */
  events(): AsyncIterableIterator<ClientEvent> {
    const reader = new EventQueue<ClientEvent>(() => this.#readers.delete(reader));
    if (this.isOpen) {
      this.#readers.add(reader);
    } else {
      reader.end();
    }
    return reader;
  }

  /** Leaves. The daemon goes on with what runs. */
  close(): void {
    this.#channel.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }

  async #register({ name, isIpcProvider = false, protocolVersion }: RegisterOptions): Promise<void> {
    const fields = {
      clientName: name,
      isIpcProvider,
      ...(protocolVersion === undefined ? {} : { protocolVersion }),
    };
    const reply = await this.#channel.request(
      (messageId) => writeRegister(fields, messageId),
      (answer) => answer,
      AbortSignal.timeout(this.#timeoutMs),
    );
    refuse(OP.register, rcOf(reply));
    const { attributes } = reply;
    this.#daemon = {
      clientId: attributes['lrmd_clientid'] ?? '',
      protocolVersion: attributes['lrmd_protocol_version'] ?? '',
      uptimeSeconds: attributes['uptime'] === undefined ? undefined : readInteger(attributes['uptime']),
      nodeStartState: attributes['node_start_state'],
    };
  }

  async #call(
    op: string,
    attributes: Attributes | undefined,
    callOptions: number,
    options: CallOptions,
  ): Promise<void> {
    const data = attributes === undefined ? undefined : element(ELEMENT.rsc, attributes);
    refuse(op, rcOf(await this.send(op, data, callOptions, options)));
  }

  #ask(op: string, attributes: Attributes, options: CallOptions): Promise<XmlElement> {
    return this.send(op, element(ELEMENT.rsc, attributes), 0, options);
  }

  #request<T>(
    op: string,
    data: XmlElement | undefined,
    callOptions: number,
    onReply: (reply: XmlElement) => T,
    options: CallOptions,
  ): Promise<T> {
    const fields = { lrmd_timeout: 0, lrmd_callopt: callOptions };
    return this.#channel.request(
      (messageId) => writeRequest(op, messageId, fields, data === undefined ? [] : [data]),
      onReply,
      this.#limit(options),
    );
  }

  /** The client's own deadline, and what the caller may want. */
  #limit({ signal }: CallOptions): AbortSignal {
    const late = AbortSignal.timeout(this.#timeoutMs);
    return signal === undefined ? late : AbortSignal.any([late, signal]);
  }

  #notified(message: XmlElement): void {
    const event = readEvent(message);
    this.#onEvent(event);
    for (const reader of this.#readers) {
      reader.push(event);
    }
    if (event.type !== 'result') {
      return;
    }
    const { result } = event;
    this.#operations.get(result.callId)?.deliver(result);
    for (const operation of this.#operations.values()) {
      if (operation.wasMergedInto(result)) {
        operation.supersede(result);
      }
      if (operation.isOver) {
        this.#operations.delete(operation.callId);
      }
    }
  }

  #lost(error: AgentError): void {
    for (const operation of this.#operations.values()) {
      operation.fail(error);
    }
    this.#operations.clear();
    for (const reader of this.#readers) {
      reader.end();
    }
    this.#closed.resolve(error);
  }
}

type MakeChannel = (handlers: ChannelHandlers) => Channel;

type Attributes = Readonly<Record<string, string | number | undefined>>;

function rcOf(reply: XmlElement): number {
  return readInteger(reply.attributes['lrmd_rc']) ?? 0;
}

function refuse(op: string, rc: number): void {
  if (rc < 0) {
    throw new AgentError(
      'REQUEST_REFUSED',
      `Expected ${op} to be accepted, the daemon said ${rc}: ${rcText(rc)}`,
      {
        details: { op, rc },
      },
    );
  }
}
