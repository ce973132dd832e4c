import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';
import type { ControlApi } from './control-api.ts';
import { METRICS_TYPE } from './metrics.ts';
import { type Health, PROBES } from './model.ts';

/** A client says within this time what it wants, in ms. */
const REQUEST_MS = 5000;
const MAX_CONNECTIONS = 64;

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
}

/** Health and metrics by HTTP. */
export interface HttpDoor {
  stop(): void;
}

/** Listens, or says why not: the daemon goes on without. Never rejects. */
export async function listenHttp({ host, port }: HttpOptions, api: ControlApi): Promise<HttpDoor> {
  const server = createServer((request, response) => answer(request, response, api));
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  server.keepAliveTimeout = REQUEST_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await open(server, host, port);
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    server.on('error', (error) => {
      emit('control.no-http', { address: host, port, reason: messageOf(error) });
      resolve();
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      emit('control.http', { address: host, port: bound });
      resolve();
    });
  });
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

function answer(request: IncomingMessage, response: ServerResponse, api: ControlApi): void {
  // What a client sends along is of no interest.
  request.resume();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    reply(response, 405, TEXT, 'Expected GET or HEAD\n', { allow: 'GET, HEAD' });
    return;
  }
  const probe = PROBES.find((one) => pathname === `/${one}`);
  if (probe !== undefined) {
    const health = api.health(probe);
    reply(response, health.isHealthy ? 200 : 503, TEXT, healthText(health, searchParams.has('verbose')));
  } else if (pathname === '/metrics') {
    reply(response, 200, METRICS_TYPE, api.metrics().text);
  } else if (pathname === '/status') {
    reply(response, 200, JSON_TYPE, `${JSON.stringify(api.status())}\n`);
  } else {
    reply(response, 404, TEXT, 'Expected /livez, /readyz, /healthz (with ?verbose), /metrics or /status\n');
  }
}

/** As Kubernetes has it; what failed is told in any case. */
export function healthText({ probe, isHealthy, checks }: Health, isVerbose: boolean): string {
  const lines = checks
    .filter(({ result }) => isVerbose || result !== 'ok')
    .map(({ name, result, text }) => `[${result === 'ok' ? '+' : '-'}] ${name}: ${text}`);
  return `${[...lines, isHealthy ? 'ok' : `${probe} failed`].join('\n')}\n`;
}

function reply(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers });
  response.end(text);
}
