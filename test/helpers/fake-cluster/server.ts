import type { Element } from '@xmldom/xmldom';

/** What a local client asked one of the cluster's servers. */
export interface ServerRequest {
  readonly message: Element;
  /** The client waits for a response: flag 0x200 [protocol 6.6]. */
  readonly isWaiting: boolean;
  /** `lrmd_ipc_user`: whose access rules count. */
  readonly user: string;
}

/** What a server sends back, in this order; `text` is a whole XML element. */
export interface Answer {
  readonly as: 'response' | 'event';
  readonly text: string;
}

/** One of the cluster's servers, as its clients see it. */
export interface Server {
  handle(request: ServerRequest): readonly Answer[];
}

export const response = (text: string): Answer => ({ as: 'response', text });
export const event = (text: string): Answer => ({ as: 'event', text });

/** What most servers confirm a request with; `status` is the exit code of the tool [local-ipc 6.2]. */
export const acknowledge = (status = 0): Answer => response(`<ack status="${status}"/>`);
