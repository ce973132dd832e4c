import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentFiles } from '../../../../src/process/in-process/agent-files.ts';
import { AGENTS, launcherText } from '../../../../src/process/own-agents.ts';

let root: string;
let files: AgentFiles;
let path: string;

const installed = AGENTS.find(({ name, path: place }) => name === 'dummy' && place.startsWith('usr/lib/ocf'));
const text = installed === undefined ? '' : launcherText(installed);

function put(file: string, content: string, mode = 0o755): void {
  mkdirSync(dirname(file), { recursive: true });
  // As package managers do it: a new file takes the place of the old one.
  writeFileSync(`${file}.new`, content);
  chmodSync(`${file}.new`, mode);
  renameSync(`${file}.new`, file);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-files-'));
  const folder = join(root, 'usr/lib/bundlet');
  put(join(folder, 'agents/dummy.cjs'), '', 0o644);
  path = join(root, 'usr/lib/ocf/resource.d/bundlet/dummy');
  put(path, text);
  files = new AgentFiles(folder);
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the file of an agent', () => {
  it('is ours as it was installed', async () => {
    expect(await files.find(path)).toBe('dummy');
    expect(await files.find(path)).toBe('dummy');
  });

  it.each([
    ['a changed one', () => put(path, text.replace('"$@"', '"$@"  '))],
    ['one of the same size with other bytes', () => put(path, text.replace('exec', 'EXEC'))],
    ["another program of the agent's name", () => put(path, '#!/bin/sh\nexit 0\n')],
    ['an empty one', () => put(path, '')],
    ['one that may not be executed', () => chmodSync(path, 0o644)],
    ['none', () => rmSync(path)],
    [
      'a folder',
      () => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('is not ours: %s', async (_what, change) => {
    expect(await files.find(path)).toBe('dummy');
    change();
    expect(await files.find(path)).toBeUndefined();
    put(`${path}.again`, text);
    rmSync(path, { recursive: true, force: true });
    renameSync(`${path}.again`, path);
    expect(await files.find(path)).toBe('dummy');
  });

  it('is ours behind a link to its folder', async () => {
    symlinkSync(join(root, 'usr/lib'), join(root, 'lib'));
    expect(await files.find(join(root, 'lib/ocf/resource.d/bundlet/dummy'))).toBe('dummy');
  });

  it('is not ours where its way leads to another installation, or to none', async () => {
    const copy = join(root, 'other/usr/lib/ocf/resource.d/bundlet/dummy');
    put(copy, text);
    expect(await files.find(copy)).toBeUndefined();
    put(join(root, 'other/usr/lib/bundlet/agents/dummy.cjs'), '');
    expect(await files.find(copy)).toBeUndefined();
    // The shell takes the way from where it was called.
    symlinkSync(path, join(root, 'other/usr/lib/ocf/resource.d/bundlet/link'));
    renameSync(join(root, 'other/usr/lib/ocf/resource.d/bundlet/link'), copy);
    expect(await files.find(copy)).toBeUndefined();
  });

  it('is not ours in another place or under another name', async () => {
    const other = join(root, 'usr/lib/ocf/resource.d/acme/dummy');
    put(other, text);
    expect(await files.find(other)).toBeUndefined();
    const renamed = join(root, 'usr/lib/ocf/resource.d/bundlet/puppet');
    put(renamed, text);
    expect(await files.find(renamed)).toBeUndefined();
  });
});
