// An echo service on our libqb server, run in namespaces of its own. Tells of itself by JSON lines on standard output:
// each event, and the answer to each line on standard input.
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type IpcServer, startIpcServer } from '../../../src/ipc/ipc-server.ts';
import type { IpcConnection, IpcService } from '../../../src/ipc/ipc-types.ts';
import { mappingCount } from '../../../src/native/shared-memory.ts';
import { type Clock, systemClock } from '../../../src/observe/clock.ts';
import { EVENTS } from '../../../src/observe/events.ts';

const HEAD_BYTES = 16;
const WISH_BYTES = 32;
const ECHO = 0;
const RESPONSES = 1;
const EVENTS_WISH = 2;
const NOTHING = 3;
const THROW = 4;
const CLOSE = 5;
const EREMOTEIO = -121;

let open = 0;

function serve(connection: IpcConnection, message: Buffer): void {
  const kind = message.length === WISH_BYTES ? message.readInt32LE(HEAD_BYTES) : ECHO;
  const count = message.length === WISH_BYTES ? message.readInt32LE(HEAD_BYTES + 4) : 0;
  const bytes = message.length === WISH_BYTES ? message.readInt32LE(HEAD_BYTES + 8) : 0;
  if (kind === THROW) {
    throw new Error('As the client asked for');
  }
  if (kind === CLOSE) {
    connection.close('As the client asked for');
  } else if (kind === RESPONSES || kind === EVENTS_WISH) {
    for (let number = 0; number < count; number += 1) {
      const part = Buffer.alloc(bytes);
      part.writeInt32LE(1, 0);
      part.writeInt32LE(bytes, 8);
      part.writeInt32LE(number, HEAD_BYTES);
      kind === RESPONSES ? connection.respond(part) : connection.event(part);
    }
  } else if (kind !== NOTHING) {
    connection.respond(message);
  }
}

const echo = (name: string): IpcService => ({
  name,
  accept(connection) {
    open += 1;
    return {
      onMessage: (message) => serve(connection, message),
      onClose: () => {
        open -= 1;
      },
    };
  },
});

const refusing: IpcService = { name: 'refusing', accept: () => EREMOTEIO };

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

for (const name of Object.keys(EVENTS).filter((one) => one.startsWith('ipc.'))) {
  subscribe(`bundlet:${name}`, (fields) => tell({ event: name, ...(fields as object) }));
}

/** Time runs so many times faster for the server. */
const haste = Number(process.env['ECHO_HASTE'] ?? 1);
const clock: Clock = {
  nowMs: () => systemClock.nowMs() * haste,
  epochSeconds: () => systemClock.epochSeconds(),
  setTimer: (delayMs, fire) => systemClock.setTimer(delayMs / haste, fire),
};

const directory = process.env['ECHO_DIRECTORY'] ?? '/dev/shm';

function state(): object {
  (globalThis as { gc?: () => void }).gc?.();
  return {
    open,
    mappings: mappingCount,
    descriptors: readdirSync('/proc/self/fd').length,
    files: existsSync(directory) ? readdirSync(directory, { recursive: true }) : [],
    rssBytes: process.memoryUsage.rss(),
  };
}

const server: IpcServer = await startIpcServer({
  clock,
  directory,
  socketDirectory: process.env['ECHO_SOCKETS'] ?? '/tmp',
  bufferFloorBytes: Number(process.env['ECHO_FLOOR'] ?? 0),
  services: [echo(process.env['ECHO_NAME'] ?? 'echo'), ...(process.env['ECHO_ALONE'] ? [] : [refusing])],
});
tell({ event: 'ready', pid: process.pid });

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'state') {
    tell({ event: 'state', ...state() });
  } else if (line === 'stop') {
    lines.close();
    process.stdin.destroy();
    void server.stop().then(() => tell({ event: 'stopped', ...state() }));
  }
});
