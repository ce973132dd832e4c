import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeAnswer } from '../../../src/ipc/tool-frames.ts';
import { encodeRequest } from '../../unit/ipc/tool-frames.kit.ts';

const LIB = join(import.meta.dirname, '../../../build/root/usr/lib/bundlet');
const PROGRAM = join(LIB, 'pcmk-tool');
const NAMES = ['attrd_updater', 'crm_attribute', 'crm_master', 'crm_node'];

describe('pcmk-tool', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bundlet-tool-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** In a system that has nothing but the program, and some files. */
  function install(
    files: readonly string[],
    ...args: readonly string[]
  ): { status: number | null; said: string[] } {
    for (const file of ['usr/lib/bundlet/pcmk-tool', ...files]) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      writeFileSync(join(root, file), 'mine');
    }
    copyFileSync(PROGRAM, join(root, 'usr/lib/bundlet/pcmk-tool'));
    const { status, stdout, stderr } = spawnSync(
      'chroot',
      [root, '/usr/lib/bundlet/pcmk-tool', '--install', ...args],
      {
        encoding: 'utf8',
      },
    );
    return { status, said: `${stdout}${stderr}`.trimEnd().split('\n') };
  }

  it('tells what it is', () => {
    const run = (...args: readonly string[]): string => execFileSync(PROGRAM, args, { encoding: 'utf8' });
    expect(run('--version')).toMatch(/^pcmk-tool of Bundlet \d+\.\d+\.\d+\n$/);
    expect(run('--help')).toMatch(/^Usage: pcmk-tool --install \[DIR\]/);
  });

  it('prints nothing into its connection, though standard streams are closed', async () => {
    const request = encodeRequest(['crm_node', '-l']);
    let bytes = 0;
    const path = join(root, 'socket');
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        if (bytes === request.length) {
          socket.write(encodeAnswer({ exitCode: 9, stdout: 'out', stderr: 'error' }));
        }
      });
    });
    await new Promise<void>((listening) => server.listen(path, listening));
    const env = { BUNDLET_TOOLS_SOCKET: path };
    for (const closed of ['<&-', '>&-', '<&- 2>&-', '<&- >&- 2>&-']) {
      bytes = 0;
      const child = spawn('sh', ['-c', `exec "$0" -l ${closed}`, join(LIB, 'tools/crm_node')], { env });
      const [exitCode] = await once(child, 'close');
      expect({ closed, exitCode, bytes }).toEqual({ closed, exitCode: 9, bytes: request.length });
    }
    await new Promise((closed) => server.close(closed));
  });

  it.each([[[]], [['--instal']], [['--install', 'a', 'b']], [['--help', 'x']]])('refuses %j', (args) => {
    const wrong = (): Buffer => execFileSync(PROGRAM, args, { stdio: 'pipe' });
    expect(wrong).toThrow(expect.objectContaining({ status: 64 }));
  });

  it.runIf(process.getuid?.() === 0)('links the names that are not there, and never replaces one', () => {
    const files = ['usr/sbin/crm_node', 'usr/bin/crm_master', 'bin/sh'];
    expect(install(files)).toEqual({
      status: 0,
      said: [
        '/usr/sbin/crm_node is there, left alone',
        '/usr/sbin/attrd_updater -> /usr/lib/bundlet/pcmk-tool',
        '/usr/sbin/crm_attribute -> /usr/lib/bundlet/pcmk-tool',
        '/usr/bin/crm_master is there, left alone',
      ],
    });
    expect(readFileSync(join(root, 'usr/sbin/crm_node'), 'utf8')).toBe('mine');
    expect(readlinkSync(join(root, 'usr/sbin/attrd_updater'))).toBe('/usr/lib/bundlet/pcmk-tool');
    expect(new Set(install([]).said)).toEqual(
      new Set(
        [
          ...NAMES.filter((name) => name !== 'crm_master').map((name) => `/usr/sbin/${name}`),
          '/usr/bin/crm_master',
        ].map((path) => `${path} is there, left alone`),
      ),
    );
  });

  it.runIf(process.getuid?.() === 0)('links in another folder, and says where it can not', () => {
    expect(install(['opt/bin/crm_node'], '/opt/bin')).toMatchObject({
      status: 0,
      said: expect.arrayContaining([
        '/opt/bin/crm_node is there, left alone',
        '/opt/bin/crm_master -> /usr/lib/bundlet/pcmk-tool',
      ]),
    });
    const { status, said } = install([], '/nowhere');
    expect(status).toBe(1);
    expect(said).toContain(
      'pcmk-tool: cannot link /nowhere/crm_node to /usr/lib/bundlet/pcmk-tool: No such file or directory',
    );
  });
});
