import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readXml } from '../../../src/protocol/xml-read.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { Hub, type HubOptions } from '../../../src/session/hub.ts';
import type { Alert } from '../../../src/standards/alert.ts';
import type { SecureConnection } from '../../../src/transport/secure-connection.ts';
import { FrameWriter } from '../../../src/wire/frame-writer.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeRunner } from '../executor/kit.ts';

/** A peer's end of a connection without a socket. */
export class FakeConnection implements SecureConnection {
  readonly peer: string;
  readonly description = 'fake';
  closed = false;
  waitingBytes = 0;
  /** Why it was closed, if it was. */
  closeReason = '';
  readonly received: XmlElement[] = [];
  onData: (chunk: Buffer) => void = () => undefined;
  onClose: (reason: string, clean: boolean) => void = () => undefined;
  readonly #writer = new FrameWriter();

  constructor(peer: string) {
    this.peer = peer;
  }

  send(_header: Buffer, payload: Buffer): void {
    this.received.push(readXml(payload.subarray(0, -1).toString()).root);
  }

  close(reason: string, clean = true): void {
    this.closed = true;
    this.closeReason = reason;
    this.onClose(reason, clean);
  }

  /** The connection breaks without a goodbye. */
  vanish(): void {
    this.close('vanished', false);
  }

  /** What the peer writes. */
  write(text: string): void {
    const { header, payload } = this.#writer.frame(text);
    this.onData(Buffer.concat([header, payload]));
  }

  /** A request with the given id; returns nothing, look at `received`. */
  request(op: string, attributes = '', inner = '', id = 1): void {
    const envelope = `lrmd_remote_msg_id="${id}" lrmd_remote_msg_type="request"`;
    const data = inner === '' ? '' : `<lrmd_calldata>${inner}</lrmd_calldata>`;
    this.write(`<lrmd_command t="lrmd" lrmd_op="${op}" ${attributes} ${envelope}>${data}</lrmd_command>`);
  }

  /** What came since the last look, as `kind op rc`. */
  told(): string[] {
    return this.received.splice(0).map(({ attributes }) => {
      const rc = attributes['lrmd_rc'] ?? attributes['lrmd_exec_op_status'] ?? '';
      return [attributes['lrmd_remote_msg_type'], attributes['lrmd_op'] ?? '', rc].join(' ').trim();
    });
  }
}

/** Takes alerts, or refuses them for want of an account. */
export class FakeAlerts {
  readonly sent: Alert[] = [];
  hasAccount = true;

  send(alert: Alert): 'accepted' | 'no-account' {
    if (!this.hasAccount) {
      return 'no-account';
    }
    this.sent.push(alert);
    return 'accepted';
  }
}

/** A hub with fake agents and as many peers as wanted. */
export function makeHub(given: Partial<HubOptions> = {}) {
  const clock = new FakeClock();
  const runner = new FakeRunner();
  const decompress = (): Buffer => {
    throw new Error('nothing is compressed here');
  };
  const facts = { uptimeSeconds: () => 42, nodeStartState: 'standby' };
  const alerts = new FakeAlerts();
  const checks: unknown[] = [];
  const watchdog = { check: (...given: unknown[]) => void checks.push(given) };
  const frames = new FrameWriter();
  const options = { shutdownTimeoutMs: 60_000, ...given };
  const hub = new Hub({ ...options, clock, runner, decompress, facts, frames, alerts, watchdog });
  const connect = (name = 'peer'): FakeConnection => {
    const connection = new FakeConnection(name);
    hub.accept(connection);
    return connection;
  };
  const register = (name: string): FakeConnection => {
    const connection = connect(name);
    connection.request('register', `lrmd_clientname="${name}" lrmd_protocol_version="1.1"`);
    connection.told();
    return connection;
  };
  return { clock, runner, hub, connect, register, alerts, checks };
}

/** Runs something and gives what was published on an event meanwhile. */
export function listen(event: string, act: () => void): unknown[] {
  const heard: unknown[] = [];
  const listener = (fields: unknown): void => void heard.push(fields);
  subscribe(`bundlet:${event}`, listener);
  act();
  unsubscribe(`bundlet:${event}`, listener);
  return heard;
}

export const RSC = '<lrmd_rsc lrmd_rsc_id="r1" lrmd_class="ocf" lrmd_provider="test" lrmd_type="Fake"/>';

export const op = (action: string, interval = 0): string =>
  `<lrmd_rsc lrmd_rsc_id="r1" lrmd_rsc_action="${action}" lrmd_rsc_interval="${interval}" lrmd_timeout="9000"/>`;
