import { Channel } from '../../client/channel.ts';
import { AgentError } from '../../errors/agent-error.ts';
import { writeRequest } from '../../protocol/envelope.ts';
import { CONTROL_ATTRIBUTE, OP, RC } from '../../protocol/names.ts';
import { readInteger } from '../../protocol/values.ts';
import { type ConnectOptions, connect } from '../../transport/tls-client.ts';
import type { Carrier, CarrierHandlers } from './carrier.ts';

/** For the daemon's word that it has a message, in ms. */
const REPLY_MS = 10_000;

/**
 * Connects to a daemon through TCP port 3121. Nothing is registered, so that it does not count as a controller. A daemon that
 * is not Bundlet closes with NOT_SUPPORTED at the first message.
 */
export async function connectRemotely(options: ConnectOptions, handlers: CarrierHandlers): Promise<Carrier> {
  const connection = await connect(options);
  let isOver = false;
  const end = (error: AgentError): void => {
    if (!isOver) {
      isOver = true;
      handlers.onClose(error);
    }
  };
  const channel = new Channel(connection, {
    onNotification: ({ attributes }) => {
      const text = attributes[CONTROL_ATTRIBUTE];
      if (attributes['lrmd_op'] === OP.control && text !== undefined) {
        handlers.onMessage(Buffer.from(text, 'base64'));
      }
    },
    onClose: end,
  });
  const close = (): void => channel.close();
  const send = (message: Buffer): void => {
    const fields = { lrmd_callopt: 0, [CONTROL_ATTRIBUTE]: message.toString('base64') };
    channel
      .request(
        (messageId) => writeRequest(OP.control, messageId, fields),
        ({ attributes }) => readInteger(attributes['lrmd_rc']) ?? RC.ok,
        AbortSignal.timeout(REPLY_MS),
      )
      .then((rc) => {
        if (rc !== RC.ok) {
          end(refusal(connection.peer, rc));
          close();
        }
      }, end);
  };
  return { send, close };
}

function refusal(peer: string, rc: number): AgentError {
  return rc === RC.notSupported
    ? new AgentError(
        'NOT_SUPPORTED',
        `Expected a Bundlet daemon at ${peer}, another one answers there, such as Pacemaker's own`,
      )
    : new AgentError('REQUEST_REFUSED', `Expected ${peer} to answer, it said ${rc}`, { details: { rc } });
}
