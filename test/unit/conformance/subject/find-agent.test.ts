import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentPlaces, findAgent } from '../../../../src/conformance/subject/find-agent.ts';

let folder: string;
let places: AgentPlaces;

async function program(path: string, mode = 0o755): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), '#! /bin/bash -e\n', { mode });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundlet-agents-'));
  await program('ocf/resource.d/heartbeat/web');
  await program('own/heartbeat/web');
  await program('own/bundlet/cache');
  await program('init/sshd');
  await program('text', 0o644);
  places = {
    ocfRoot: join(folder, 'ocf'),
    ownFolders: [join(folder, 'own')],
    initDirectory: join(folder, 'init'),
    workingDirectory: folder,
  };
});
afterAll(() => rm(folder, { recursive: true }));

describe('an agent', () => {
  /** [name, class, provider, type, its path below the folder]. */
  it.each([
    ['ocf:heartbeat:web', 'ocf', 'heartbeat', 'web', 'ocf/resource.d/heartbeat/web'],
    ['ocf:web', 'ocf', 'heartbeat', 'web', 'ocf/resource.d/heartbeat/web'],
    ['ocf:bundlet:cache', 'ocf', 'bundlet', 'cache', 'own/bundlet/cache'],
    ['./own/bundlet/cache', 'ocf', 'bundlet', 'cache', 'own/bundlet/cache'],
    ['lsb:sshd', 'lsb', undefined, 'sshd', 'init/sshd'],
    ['lsb:./init/sshd', 'lsb', undefined, 'sshd', 'init/sshd'],
    ['alert:own/bundlet/cache', 'alert', undefined, 'cache', 'own/bundlet/cache'],
  ])('%s is found', async (name, checked, provider, type, path) => {
    const found = await findAgent(name, places);
    expect(found).toEqual({
      ...{ class: checked, name, type, path: join(folder, path), interpreter: '/bin/bash -e' },
      ...(provider === undefined ? {} : { provider }),
    });
  });

  it('of class systemd has no file that is looked at', async () => {
    expect(await findAgent('systemd:chrony@a:b', places)).toEqual({
      ...{ class: 'systemd', name: 'systemd:chrony@a:b', type: 'chrony@a:b', path: '' },
    });
  });

  it.each([
    ['web', 'CONFIG_INVALID', "got 'web'"],
    ['ocf:a:b:c', 'CONFIG_INVALID', 'Expected ocf:PROVIDER:TYPE'],
    ['ocf:', 'CONFIG_INVALID', 'Expected ocf:PROVIDER:TYPE'],
    ['ocf:nobody:web', 'AGENT_NOT_FOUND', 'nobody/web'],
    ['./nothing', 'AGENT_NOT_FOUND', 'ENOENT'],
    ['./text', 'AGENT_NOT_FOUND', 'not executable'],
    ['./own', 'AGENT_NOT_FOUND', 'to be a program'],
  ])('%s is not, and it is said why', async (name, code, part) => {
    await expect(findAgent(name, places)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(part),
    });
  });
});
