import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';

/** One question of a client and its answer. */
export interface Exchange {
  readonly options: RequestOptions;
  /** More is left unread. */
  readonly maxBodyBytes: number;
  /** Its reason is what the exchange is rejected with. */
  readonly signal: AbortSignal;
  /** Called when bytes can be sent, after TLS has come to an end. */
  readonly onConnected: () => void;
}

/** What came back. Header names are in lower case; several of one name are joined by a comma. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBodyCut: boolean;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether an answer sends the client elsewhere. */
export function isRedirect(status: number, headers: Readonly<Record<string, unknown>>): boolean {
  return REDIRECTS.has(status) && typeof headers['location'] === 'string';
}

type Request = typeof import('node:https')['request'];

/** Loaded at first use: node:http takes 2 MB, TLS another 3 MB and 8 ms. Each `import()` would search for the module anew. */
const requests = new Map<boolean, Promise<Request>>();

function requestOf(isTls: boolean): Promise<Request> {
  const known = requests.get(isTls);
  if (known !== undefined) {
    return known;
  }
  const loading = (isTls ? import('node:https') : import('node:http')).then(({ request }) => request);
  requests.set(isTls, loading);
  return loading;
}

/**
 * Asks once on a connection of its own, which is gone afterwards whatever happens.
 * @throws Error of Node's, or the signal's reason
 */
export async function exchange(question: Exchange): Promise<Answer> {
  const isTls = question.options.protocol === 'https:';
  const request = await requestOf(isTls);
  const { signal, onConnected } = question;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const asked: ClientRequest = request(question.options);
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      asked.destroy();
      settle();
    };
    const fail = (error: unknown): void => end(() => reject(error));
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    asked.once('socket', (socket) => socket.once(isTls ? 'secureConnect' : 'connect', onConnected));
    // Stays to the end: what is destroyed may complain once more.
    asked.on('error', fail);
    // Node tells some ends by this alone, such as that of a connection that became another protocol's.
    asked.once('close', () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    asked.once('response', (response) => {
      readAnswer(response, question.maxBodyBytes, (answer) => end(() => resolve(answer)));
      response.on('error', fail);
    });
    asked.end();
  });
}

function readAnswer(response: IncomingMessage, maxBytes: number, done: (answer: Answer) => void): void {
  const { statusCode: status = 0, headers } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const give = (isBodyCut: boolean): void => {
    const body = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
    done({ status, headers: flat(headers), body, isBodyCut });
  };
  if (isRedirect(status, headers)) {
    give(false);
    return;
  }
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) {
      give(true);
    }
  });
  // Comes of a whole answer only; a body that stops short is an error.
  response.once('end', () => give(false));
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
