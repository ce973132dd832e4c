import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/observe/clock.ts';
import { ExecaRunner } from '../../../src/process/execa-runner.ts';
import type { ActionRunner } from '../../../src/standards/action.ts';
import { Catalog } from '../../../src/standards/catalog.ts';
import { LsbRunner } from '../../../src/standards/lsb.ts';
import { LsbWithMetadata } from '../../../src/standards/lsb-metadata.ts';
import { OcfRunner } from '../../../src/standards/ocf.ts';
import { StandardsRunner } from '../../../src/standards/runner.ts';
import { SecretStore } from '../../../src/standards/secrets.ts';
import { busUnavailable } from '../../../src/standards/systemd/failures.ts';

let root: string;
let units: () => Promise<readonly string[]>;
let catalog: Catalog;

function program(path: string, text = '', mode = 0o755): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-catalog-'));
  units = async () => ['dbus.socket', 'web'];
  program('ocf/resource.d/one/Web', '#!/bin/sh\necho "<resource-agent/>"\n');
  program('ocf/resource.d/one/Broken', '#!/bin/sh\necho "ocf-exit-reason:no way" >&2\nexit 3\n');
  program('ocf/resource.d/one/Silent', '#!/bin/sh\nexit 0\n');
  program('ocf/resource.d/one/Hanging', '#!/bin/sh\nexec sleep 3600\n');
  program('ocf/resource.d/one/data', '', 0o644);
  program('ocf/resource.d/one/.hidden');
  program('ocf/resource.d/two/Web');
  program('ocf/resource.d/two/Other');
  program('ocf/resource.d/.private/X');
  program('ocf/resource.d/file');
  symlinkSync('two', join(root, 'ocf/resource.d/link'));
  symlinkSync('nowhere', join(root, 'ocf/resource.d/dangling'));
  mkdirSync(join(root, 'ocf/resource.d/one/folder'));
  program('init.d/web');
  program('init.d/README', '', 0o644);
  program('init.d/old');
  const ocfRoot = join(root, 'ocf');
  const lsbDirectory = join(root, 'init.d');
  const programs = async () => new ExecaRunner(systemClock);
  const secrets = new SecretStore({ clock: systemClock, directory: join(root, 'secrets') });
  const ocf = new OcfRunner(programs, { root: ocfRoot, baseEnv: {}, secrets });
  const runner: ActionRunner = new StandardsRunner({
    ocf,
    lsb: new LsbWithMetadata(new LsbRunner(programs, { baseEnv: {}, directory: lsbDirectory }), lsbDirectory),
  });
  catalog = new Catalog({ ocfRoot, lsbDirectory, systemd: { agents: () => units() }, runner });
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the catalog', () => {
  it('lists what can run here', async () => {
    expect(await catalog.listStandards()).toEqual(['lsb', 'ocf', 'service', 'systemd']);
    units = () => Promise.reject(busUnavailable('No bus'));
    expect(await catalog.listStandards()).toEqual(['lsb', 'ocf', 'service']);
    expect(await catalog.listAgents('systemd')).toEqual([]);
  });

  it('lists providers of OCF agents', async () => {
    expect(await catalog.listProviders('ocf')).toEqual(['link', 'one', 'two']);
    expect(await catalog.listProviders('lsb')).toEqual([]);
  });

  it('lists agents that yield to those of the system, too', async () => {
    program('own/one/Web');
    program('own/one/Spare');
    program('own/three/Web');
    const yielding = { folder: join(root, 'own'), names: new Set<string>() };
    const parts = { ocfRoot: join(root, 'ocf'), lsbDirectory: join(root, 'init.d'), yielding };
    const systemd = { agents: () => units() };
    const both = new Catalog({ ...parts, systemd, runner: { run: () => ({ kill: () => undefined }) } });
    expect(await both.listProviders('ocf')).toEqual(['link', 'one', 'three', 'two']);
    expect(await both.listAgents('ocf', 'one')).toEqual(['Broken', 'Hanging', 'Silent', 'Spare', 'Web']);
    expect(await both.listAgents('ocf', 'three')).toEqual(['Web']);
  });

  it.each([
    ['ocf', 'one', ['Broken', 'Hanging', 'Silent', 'Web']],
    ['OCF', 'two', ['Other', 'Web']],
    ['ocf', 'none', []],
    ['ocf', '..', []],
    ['ocf', undefined, ['Broken', 'Hanging', 'Other', 'Silent', 'Web']],
    ['lsb', undefined, ['old', 'web']],
    ['systemd', undefined, ['dbus.socket', 'web']],
    ['service', undefined, ['dbus.socket', 'old', 'web']],
    ['stonith', undefined, []],
    ['pancakes', undefined, []],
  ])('lists agents of %s, %s', async (standard, provider, agents) => {
    expect(await catalog.listAgents(standard, provider)).toEqual(agents);
  });

  it('gives what an agent says of itself', async () => {
    expect(await catalog.metadata({ class: 'ocf', provider: 'one', type: 'Web' })).toBe(
      '<resource-agent/>\n',
    );
    expect(await catalog.metadata({ class: 'lsb', type: 'web' })).toContain('<resource-agent name="web"');
  });

  it.each([
    ['an agent that fails', { class: 'ocf', provider: 'one', type: 'Broken' }, /result 3, status 0: no way/],
    ['an agent that says nothing', { class: 'ocf', provider: 'one', type: 'Silent' }, /it printed nothing/],
    [
      'an agent that hangs',
      { class: 'ocf', provider: 'one', type: 'Hanging' },
      /status 2: Resource agent did not/,
    ],
    ['no agent', { class: 'ocf', provider: 'one', type: 'None' }, /ocf:one:None.*No such file/],
    ['an unknown class', { class: 'pancakes', type: 'x' }, /status 7/],
    [
      'a fence agent',
      { class: 'stonith', type: 'fence_x' },
      /stonith:fence_x; fence agents run on cluster nodes/,
    ],
  ])('says clearly that there is no metadata of %s', async (_what, spec, message) => {
    const metadata = catalog.metadata(spec, spec.type === 'Hanging' ? 100 : undefined);
    await expect(metadata).rejects.toMatchObject({ code: 'METADATA_UNAVAILABLE' });
    await expect(metadata).rejects.toThrow(message);
  });
});
