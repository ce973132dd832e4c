import { type Answer, exchange, isRedirect } from './http-exchange.ts';
import { Limits } from './http-limits.ts';
import { optionsFor } from './http-options.ts';
import { HttpFailure, type HttpQuestion } from './http-question.ts';

export { HttpFailure, type HttpQuestion } from './http-question.ts';

const DEFAULT_MAX_REDIRECTS = 5;
const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/** The answer, whatever its status: to judge that is the asker's part. The body is read as UTF-8. */
export interface HttpAnswer extends Answer {
  /** Who answered, after redirects. */
  readonly url: string;
}

/**
 * Asks a web server and gives its answer. Leaves no connection.
 * @throws HttpFailure
 * @example
 * const { status, body } = await httpGet({ url: 'http://[::1]/server-status', timeoutMs: 5000, signal });
 */
export async function httpGet(question: HttpQuestion): Promise<HttpAnswer> {
  const { signal, timeoutMs, method = 'GET' } = question;
  signal.throwIfAborted();
  const first = parseUrl(question.url);
  const limits = new Limits(signal, `${method} ${nameOf(first)}`, timeoutMs);
  try {
    return await follow(question, first, limits);
  } finally {
    limits.clear();
  }
}

async function follow(question: HttpQuestion, first: URL, limits: Limits): Promise<HttpAnswer> {
  const { method = 'GET', timeoutMs, connectTimeoutMs = timeoutMs } = question;
  const { maxRedirects = DEFAULT_MAX_REDIRECTS, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = question;
  const inWords = `${method} ${nameOf(first)}`;
  let url = first;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    limits.connecting(url === first ? inWords : `${inWords} (sent on to ${nameOf(url)})`, connectTimeoutMs);
    const options = await optionsFor(question, url, first);
    const onConnected = (): void => limits.connected();
    const answer = await exchange({ options, maxBodyBytes, signal: limits.signal, onConnected }).catch(
      (error: unknown) => limits.fail(error),
    );
    if (maxRedirects === 0 || !isRedirect(answer.status, answer.headers)) {
      return { ...answer, url: nameOf(url) };
    }
    url = parseUrl(answer.headers['location'] ?? '', url);
  }
  const reason = `Expected an answer to ${inWords}, got more than ${maxRedirects} redirects`;
  throw new HttpFailure('redirects', reason);
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const [kind, what] =
      base === undefined
        ? (['question', 'an URL'] as const)
        : (['redirects', `${nameOf(base)} to send on to an URL`] as const);
    throw new HttpFailure(kind, `Expected ${what} with http: or https:, got "${text.slice(0, 200)}"`);
  }
  return url;
}

/** The URL for people and for answers: without password and fragment. */
function nameOf(url: URL): string {
  return `${url.origin}${url.pathname}${url.search}`;
}
