import type { Relay, RelayClient, RelayRequest } from '../../../src/protocol/ipc-relay.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';

/** A cluster behind a relay: answers what it is told to. */
export class FakeCluster implements Relay {
  /** Operations of the requests, and `open`, `close`. */
  readonly heard: string[] = [];
  readonly requests: RelayRequest[] = [];
  /** Gives the answer to an operation; undefined for none. */
  answer: (op: string) => XmlElement | undefined = goodAnswers([]);
  hasProvider = true;
  #client: RelayClient | undefined;

  open(server: string, client: RelayClient) {
    if (!this.hasProvider) {
      return undefined;
    }
    this.heard.push(`open ${server}`);
    this.#client = client;
    return {
      id: 'session',
      request: (request: RelayRequest): void => {
        const op = readXml(request.message).root.attributes['cib_op'] ?? '';
        this.heard.push(op);
        this.requests.push(request);
        const answer = this.answer(op);
        if (answer !== undefined) {
          client.onResponse(request.messageId, writeXml(answer));
        }
      },
      close: (): void => void this.heard.push('close'),
    };
  }

  /** The controller leaves. */
  leave(): void {
    this.#client?.onClose('the provider left');
  }

  /** A response that nobody waits for. */
  stray(message: XmlElement): void {
    this.#client?.onResponse(99, writeXml(message));
    this.#client?.onEvent(writeXml(message));
  }
}

export const SIGNED_ON = element('cib_common_callback', { cib_op: 'register', cib_clientid: 'c' });

/** An answer with files, given as name and text; a text that is missing stays out. */
export function schemasAnswer(files: readonly (readonly [string, string?])[]): XmlElement {
  const children = files.map(([path, cdata]) => ({
    ...element('file', { path }),
    ...(cdata === undefined ? {} : { cdata }),
  }));
  const schemas = element('schemas', {}, [element('schema', { version: 'pacemaker-9.9' }, children)]);
  return element('cib-reply', { t: 'cib', cib_op: 'cib_schemas', cib_rc: 0 }, [
    element('cib_calldata', {}, [schemas]),
  ]);
}

export function goodAnswers(
  files: readonly (readonly [string, string?])[],
): (op: string) => XmlElement | undefined {
  return (op) => (op === 'register' ? SIGNED_ON : schemasAnswer(files));
}
