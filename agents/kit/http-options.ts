import type { RequestOptions } from 'node:https';
import { connect, isIP, type NetConnectOpts } from 'node:net';
import { HttpFailure, type HttpQuestion } from './http-question.ts';
import { isLoopback, lookupFor } from './loopback.ts';
import { readTextFile } from './text-file.ts';

/** Headers that are meant for the server of the URL alone. */
const PRIVATE_HEADERS: ReadonlySet<string> = new Set(['host', 'authorization', 'cookie']);

/**
 * What Node is asked for: one question to `url`, to which `first` may have sent on.
 * @throws HttpFailure of kind `question`
 */
export async function optionsFor(question: HttpQuestion, url: URL, first: URL): Promise<RequestOptions> {
  const { socketPath, localAddress, method = 'GET' } = question;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isFirst = url.origin === first.origin;
  const given = Object.entries(question.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const headers: Record<string, string> = {
    'user-agent': 'bundlet',
    accept: '*/*',
    ...Object.fromEntries(given.filter(([name = '']) => isFirst || !PRIVATE_HEADERS.has(name))),
  };
  const lookup = lookupFor(host);
  const auth = isFirst ? authOf(question, first) : undefined;
  return {
    // A connection of its own, closed after the answer; and no agent of Node's, which costs and may know of a proxy.
    ...(url.protocol === 'https:' ? { agent: false } : { createConnection: connectPlainly }),
    protocol: url.protocol,
    method,
    path: `${url.pathname}${url.search}`,
    headers,
    host,
    port: url.port,
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(localAddress === undefined ? {} : { localAddress, family: isIP(localAddress) }),
    ...(lookup === undefined ? {} : { lookup }),
    ...(auth === undefined ? {} : { auth }),
    ...(url.protocol === 'https:' ? await tlsOptions(question, isFirst, { host, headers }) : {}),
  };
}

/** Node has put the path of a Unix socket where `connect` looks for it. */
const connectPlainly: RequestOptions['createConnection'] = (options) => connect(options as NetConnectOpts);

async function tlsOptions(
  { tls = {}, socketPath }: HttpQuestion,
  isFirst: boolean,
  { host, headers }: { host: string; headers: Readonly<Record<string, string>> },
): Promise<RequestOptions> {
  const { caFile, isInsecure = caFile === undefined && (socketPath !== undefined || isLoopback(host)) } = tls;
  const virtualHost = headers['host']?.replace(/:\d*$/, '');
  const name = (isFirst ? tls.servername : undefined) ?? virtualHost ?? host;
  return {
    rejectUnauthorized: !isInsecure,
    // An address is no name [RFC 6066 3].
    servername: isIP(name) === 0 ? name : '',
    ...(caFile === undefined ? {} : { ca: await readCa(caFile) }),
  };
}

async function readCa(file: string): Promise<string> {
  const expected = `Expected certificates in PEM in ${file}, got`;
  const text = await readTextFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new HttpFailure('question', `${expected} ${error.code}: check the path`, { cause: error });
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new HttpFailure('question', `${expected} none`);
  }
  return text;
}

function authOf({ auth }: HttpQuestion, { username, password }: URL): string | undefined {
  if (auth !== undefined) {
    return `${auth.user}:${auth.password}`;
  }
  return username === '' ? undefined : `${decode(username)}:${decode(password)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % stands for itself
  }
}
