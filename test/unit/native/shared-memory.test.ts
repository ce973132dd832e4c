import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock } from '../../../src/native/file-lock.ts';
import { descriptorOf } from '../../../src/native/libc.ts';
import { peerCredentials } from '../../../src/native/peer-credentials.ts';
import { mapFile, mappingCount, pageBytes } from '../../../src/native/shared-memory.ts';

let directory: string;
let file: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-memory-'));
  file = openSync(join(directory, 'file'), 'wx+');
  writeSync(file, Buffer.alloc(8192));
});

afterEach(() => {
  closeSync(file);
  rmSync(directory, { recursive: true });
});

describe('shared memory', () => {
  it('is one for all who map the file', () => {
    const one = mapFile(file, 8192);
    const other = mapFile(file, 8192);
    one.store(8188, -7);
    expect(other.load(8188)).toBe(-7);
    one.unmap();
    expect(other.load(8188)).toBe(-7);
    other.unmap();
  });

  it('has semaphores that count', () => {
    const one = mapFile(file, 8192);
    const other = mapFile(file, 8192);
    one.initSemaphore(4096);
    expect(other.tryWait(4096)).toBe(false);
    one.post(4096);
    one.post(4096);
    expect([other.tryWait(4096), one.tryWait(4096), one.tryWait(4096)]).toEqual([true, true, false]);
    one.unmap();
    other.unmap();
  });

  it('cannot be touched once it is given back, and is given back once', () => {
    const before = mappingCount;
    const mapping = mapFile(file, 8192);
    expect(mappingCount).toBe(before + 1);
    mapping.unmap();
    mapping.unmap();
    expect(mappingCount).toBe(before);
    for (const touch of [
      () => mapping.load(0),
      () => mapping.store(0, 1),
      () => mapping.initSemaphore(0),
      () => mapping.post(0),
      () => mapping.tryWait(0),
    ]) {
      expect(touch).toThrow('it was given back');
    }
  });

  it('is refused for what is no file', () => {
    expect(() => mapFile(-1, 8192)).toThrow('Cannot map 8192 bytes');
  });

  it('comes in pages', () => {
    expect([4096, 16_384, 65_536]).toContain(pageBytes());
  });
});

describe('a lock', () => {
  it('is had by one alone, until its descriptor is closed', () => {
    const one = openSync(directory, 'r');
    const other = openSync(directory, 'r');
    expect([tryLock(one), tryLock(other), tryLock(one)]).toEqual([true, false, true]);
    closeSync(one);
    expect(tryLock(other)).toBe(true);
    closeSync(other);
  });
});

describe('the credentials of a peer', () => {
  it('are those of the process that connected', async () => {
    const path = `\0bundlet-credentials-${process.pid}`;
    const server = createServer().listen({ path });
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const client = connect({ path });
    const socket = await accepted;
    expect(peerCredentials(descriptorOf(socket) ?? -1)).toMatchObject({
      pid: process.pid,
      uid: process.geteuid?.(),
      gid: process.getegid?.(),
    });
    client.destroy();
    socket.destroy();
    server.close();
  });

  it('are not there for what is no socket', () => {
    expect(peerCredentials(file)).toBeUndefined();
  });
});
