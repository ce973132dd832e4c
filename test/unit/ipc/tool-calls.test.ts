import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ToolCalls } from '../../../src/ipc/tool-calls.ts';
import type { ToolRequest } from '../../../src/ipc/tool-frames.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { encodeRequest } from './tool-frames.kit.ts';

const AT_ONCE = 64;
const WAITING = 256;
const EAGAIN = 11;

/** Calls over a real socket, of which each lasts until it is told to end. */
class Stage {
  readonly clock = new FakeClock();
  readonly served: ToolRequest[] = [];
  readonly #scratch = mkdtempSync(join(tmpdir(), 'bundlet-calls-'));
  readonly #ends: (() => void)[] = [];
  readonly #sockets: Socket[] = [];
  readonly #calls: ToolCalls;
  readonly #server: Server;
  accepted = 0;

  /** As many callers as are served at once. */
  static async full(): Promise<Stage> {
    const stage = new Stage();
    for (let at = 0; at < AT_ONCE; at += 1) {
      stage.call('first');
    }
    await stage.has(AT_ONCE);
    return stage;
  }

  private constructor() {
    this.#calls = new ToolCalls({
      clock: this.clock,
      run: (request) => {
        this.served.push(request);
        return new Promise((resolve) => {
          this.#ends.push(() => resolve({ exitCode: 0, stdout: '', stderr: '' }));
        });
      },
    });
    this.#server = createServer((socket) => {
      this.#calls.receive(socket);
      this.accepted += 1;
    }).listen({ path: this.#path, backlog: 2 * (AT_ONCE + WAITING) });
  }

  /** A caller that asks for the tool of that name, and what it is answered: an error number. */
  call(name: string): Promise<number | undefined> {
    const socket = connect(this.#path);
    this.#sockets.push(socket);
    socket.write(encodeRequest([name]));
    return new Promise((resolve) => {
      socket.once('data', (answer) => resolve(answer[5]));
      socket.once('error', () => resolve(undefined));
      socket.once('close', () => resolve(undefined));
    });
  }

  /** Waits until so many callers are there, and as many as can be are served. */
  async has(callers: number): Promise<void> {
    await expect.poll(() => this.accepted, { timeout: 10_000 }).toBe(callers);
    await expect.poll(() => this.served.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(AT_ONCE);
  }

  endFirst(): void {
    this.#ends.shift()?.();
  }

  stop(): void {
    this.#calls.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await new Promise((closed) => this.#server.close(closed));
    rmSync(this.#scratch, { recursive: true });
  }

  get #path(): string {
    return join(this.#scratch, 'socket');
  }
}

describe('more calls of small tools than are served at once', () => {
  it('are served in their order, each when another has ended', async () => {
    await using stage = await Stage.full();
    stage.call('second');
    await stage.has(AT_ONCE + 1);
    stage.call('third');
    await stage.has(AT_ONCE + 2);
    expect(stage.served).toHaveLength(AT_ONCE);
    stage.endFirst();
    await expect.poll(() => stage.served.length).toBe(AT_ONCE + 1);
    stage.endFirst();
    await expect.poll(() => stage.served.length).toBe(AT_ONCE + 2);
    expect(stage.served.slice(AT_ONCE).map(({ name }) => name)).toEqual(['second', 'third']);
  });

  it('are refused after 5 s', async () => {
    await using stage = await Stage.full();
    const late = stage.call('late');
    await stage.has(AT_ONCE + 1);
    stage.clock.advance(4999);
    stage.endFirst();
    const later = stage.call('later');
    await expect.poll(() => stage.served.length).toBe(AT_ONCE + 1);
    await stage.has(AT_ONCE + 2);
    stage.clock.advance(5000);
    expect(await later).toBe(EAGAIN);
    for (let at = 0; at <= AT_ONCE; at += 1) {
      stage.endFirst();
    }
    expect(await late).toBe(0);
  });

  it('are refused at once where too many wait already', async () => {
    await using stage = await Stage.full();
    for (let at = 0; at < WAITING; at += 1) {
      stage.call('waits');
    }
    await stage.has(AT_ONCE + WAITING);
    expect(await stage.call('late')).toBe(EAGAIN);
  });

  it('are ended with the others when the daemon stops', async () => {
    await using stage = await Stage.full();
    const late = stage.call('late');
    await stage.has(AT_ONCE + 1);
    stage.stop();
    expect(await late).toBeUndefined();
    await expect.poll(() => stage.clock.waiting).toBe(0);
  });
});
