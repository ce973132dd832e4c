import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { removeStale } from '../../../src/ipc/socket-address.ts';

const LISTENER = `require('node:net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => console.log('.'))`;

let directory: string;
let path: string;
let other: ChildProcess | undefined;

/** Another program that listens at the path. */
async function listenElsewhere(): Promise<ChildProcess> {
  other = spawn(process.execPath, ['-e', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout as NodeJS.ReadableStream, 'data');
  return other;
}

async function end(): Promise<void> {
  if (other !== undefined) {
    const ended = once(other, 'close');
    other.kill('SIGKILL');
    await ended;
    other = undefined;
  }
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-socket-'));
  path = join(directory, 'cib_rw');
});

afterEach(async () => {
  await end();
  rmSync(directory, { recursive: true });
});

const remove = (): Promise<void> => removeStale({ path, isFile: true });

describe('a socket file from before', () => {
  it('is removed when its program is dead', async () => {
    await listenElsewhere();
    await end();
    expect(existsSync(path)).toBe(true);
    await remove();
    expect(existsSync(path)).toBe(false);
  });

  it('stays when somebody answers', async () => {
    await listenElsewhere();
    await remove();
    expect(existsSync(path)).toBe(true);
  });

  it('stays when its program is too busy to answer', async () => {
    const listener = await listenElsewhere();
    listener.kill('SIGSTOP');
    const clients: Socket[] = [];
    const refusals: string[] = [];
    // The kernel keeps some for it, and refuses all further ones.
    await vi.waitFor(() => {
      const client = connect({ path });
      client.on('error', (error: NodeJS.ErrnoException) => refusals.push(error.code ?? ''));
      clients.push(client);
      expect(refusals).toContain('EAGAIN');
    });
    await remove();
    expect(existsSync(path)).toBe(true);
    for (const client of clients) {
      client.destroy();
    }
  });

  it('stays when it is no socket, and is none when there is nothing', async () => {
    await remove();
    writeFileSync(path, '');
    await remove();
    expect(existsSync(path)).toBe(true);
    rmSync(path);
    mkdirSync(path);
    await remove();
    expect(existsSync(path)).toBe(true);
  });
});
