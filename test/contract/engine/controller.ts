import {
  type ClientEvent,
  type ConnectOptions,
  RemoteClient,
  type Secret,
} from '../../../src/client/index.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';
import { HOST, PORT } from '../stage/place.ts';
import { Journal } from './journal.ts';

/** A controller of the library, with everything it was told. */
export class Controller {
  readonly client: RemoteClient;
  readonly journal = new Journal();

  /** @throws AgentError as RemoteClient.connect */
  static async connect(
    name: string,
    key: Secret,
    options: Partial<ConnectOptions> = {},
  ): Promise<Controller> {
    return new Controller(await RemoteClient.connect({ host: HOST, port: PORT, key, name, ...options }));
  }

  private constructor(client: RemoteClient) {
    this.client = client;
    this.#listen(client.events());
  }

  async leave(): Promise<void> {
    this.client.close();
    await this.client.closed;
  }

  async #listen(events: AsyncIterableIterator<ClientEvent>): Promise<void> {
    for await (const event of events) {
      this.journal.write(flat(event));
    }
  }
}

/** One level of fields, so that patterns need not know which event has which. */
function flat(event: ClientEvent): Readonly<Record<string, unknown>> {
  if (event.type === 'result') {
    const { parameters, ...result } = event.result;
    return { type: event.type, ...result, parameters: Object.fromEntries(parameters) };
  }
  if (event.type === 'proxy') {
    return { type: event.type, ...event.proxy };
  }
  return event.type === 'other' ? { type: event.type, message: writeXml(event.message) } : { ...event };
}
