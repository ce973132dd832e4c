import {
  compileEre,
  type HttpAnswer,
  HttpFailure,
  type HttpQuestion,
  httpGet,
  type Program,
} from '../kit/index.ts';
import type { ClientOptions } from './client-options.ts';
import type { Context } from './parameters.ts';
import { parseStatusCodes, type StatusCodes } from './status-codes.ts';
import { localAddressFor } from './urls.ts';

/** What a monitor wants to know of a server. */
export interface Question {
  readonly url: string;
  /** What must be in the answer's body. Default: anything. */
  readonly regex?: string;
  /** Nobody said what is right: every answer shows that requests are served, but one that says that they are not. */
  readonly isAnyAnswerRight?: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly options?: ClientOptions;
}

/** What is wrong with a server, for people. */
export interface Trouble {
  readonly reason: string;
  /** It may be better in a moment: a server that starts up is not ready yet. */
  readonly mayPass: boolean;
}

/** An answer may take so much of what the action has left: the rest is for telling that there was none. */
const TIME_SHARE = 0.8;

/** How much of a page is shown. */
const EXCERPT_LENGTH = 80;

const SUCCESS = parseStatusCodes('2xx');

/** Asks, and gives what is wrong, if anything is. */
export async function ask(context: Context, question: Question): Promise<Trouble | undefined> {
  const statuses = context.params.http_status ?? SUCCESS;
  try {
    const answer = await httpGet(await httpQuestion(context, question, statuses));
    return judge(answer, question, statuses);
  } catch (error) {
    if (error instanceof HttpFailure) {
      return { reason: error.message, mayPass: error.kind !== 'question' };
    }
    throw error;
  }
}

function judge(
  { status, body, isBodyCut, url }: HttpAnswer,
  { regex, isAnyAnswerRight = false }: Question,
  statuses: StatusCodes,
): Trouble | undefined {
  const isRight = isAnyAnswerRight ? status < 500 : statuses.has(status);
  if (!isRight) {
    const what = isAnyAnswerRight ? 'an answer other than 5xx' : `the status ${statuses.text}`;
    return { reason: `Expected ${what} from ${url}, got ${status}`, mayPass: status >= 500 };
  }
  // What sends elsewhere has no page of its own.
  const isRedirect = status >= 300 && status < 400;
  if (
    isAnyAnswerRight ||
    isRedirect ||
    regex === undefined ||
    compileEre(regex, { ignoreCase: true }).test(body)
  ) {
    return undefined;
  }
  const what = isBodyCut ? `first ${body.length} characters of the answer` : 'answer';
  return { reason: `Expected the ${what} of ${url} to match ${regex}, got ${excerpt(body)}`, mayPass: false };
}

async function httpQuestion(
  context: Context,
  { url: asked, user, password, options, isAnyAnswerRight = false }: Question,
  statuses: StatusCodes,
): Promise<HttpQuestion> {
  const { params, signal } = context;
  const { url, host, servername } = resolved(asked, options);
  const limitMs = context.leftMs() * TIME_SHARE;
  const wantedMs = options?.timeoutMs ?? params.http_timeout ?? limitMs;
  const caFile = options?.caFile ?? params.ca_file;
  const socketPath = options?.socketPath ?? params.unix_socket;
  const virtualHost = params.http_host ?? host;
  const isRedirectAnswer = isAnyAnswerRight || statuses.hasRedirect;
  const name = user ?? options?.user;
  return {
    url,
    ...(socketPath === undefined
      ? { localAddress: options?.localAddress ?? localAddressFor(url, context) }
      : { socketPath }),
    ...(options?.method === undefined ? {} : { method: options.method }),
    headers: { ...(virtualHost === undefined ? {} : { Host: virtualHost }), ...options?.headers },
    ...(isRedirectAnswer
      ? { maxRedirects: 0 }
      : options?.maxRedirects === undefined
        ? {}
        : { maxRedirects: options.maxRedirects }),
    timeoutMs: Math.max(1, Math.floor(Math.min(wantedMs, limitMs))),
    ...(options?.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: options.connectTimeoutMs }),
    tls: {
      ...(caFile === undefined ? {} : { caFile }),
      // Asked from a loopback address, nobody but this machine can answer: there is nothing that a certificate would add.
      isInsecure:
        params.insecure ||
        options?.isInsecure === true ||
        (caFile === undefined && options?.localAddress === undefined),
      ...(servername === undefined ? {} : { servername }),
    },
    ...(name === undefined ? {} : { auth: { user: name, password: password ?? options?.password ?? '' } }),
    signal,
  };
}

/** The URL with the address that `--resolve` gives for it, and the name that it had. */
function resolved(
  text: string,
  options: ClientOptions | undefined,
): { readonly url: string; readonly host?: string; readonly servername?: string } {
  const url = URL.parse(text);
  const port = url?.port || (url?.protocol === 'https:' ? '443' : '80');
  const address = options?.addresses[`${url?.hostname}:${port}`];
  if (url === null || address === undefined) {
    return { url: text };
  }
  const { host, hostname } = url;
  url.hostname = address.includes(':') ? `[${address}]` : address;
  return { url: url.href, host, servername: hostname };
}

function excerpt(body: string): string {
  const text = body.replace(/\s+/g, ' ').trim();
  return text === '' ? 'nothing' : JSON.stringify(text.slice(0, EXCERPT_LENGTH));
}

/** Runs a program of the user's that asks by itself, and compares what it prints. */
export async function askByProgram(
  context: Context,
  { program, url, regex }: { readonly program: Program; readonly url: string; readonly regex: string },
): Promise<Trouble | undefined> {
  const result = await context.run({ timeoutMs: context.leftMs() * TIME_SHARE, ...program });
  if (result.errno !== undefined || result.isTimedOut) {
    const what = result.errno ?? `no end within ${Math.round(context.leftMs())} ms`;
    return { reason: `Expected the client ${program.path} to ask for ${url}, got ${what}`, mayPass: false };
  }
  // Its status says nothing, as with the original: what it prints is compared.
  return compileEre(regex, { ignoreCase: true }).test(result.stdout)
    ? undefined
    : {
        reason: `Expected the output of ${program.path} for ${url} to match ${regex}, got ${excerpt(result.stdout || result.stderr)}`,
        mayPass: false,
      };
}
