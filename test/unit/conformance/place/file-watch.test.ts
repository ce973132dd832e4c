import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyTree } from '../../../../src/conformance/place/copy-tree.ts';
import {
  type ChangedFile,
  type Changes,
  compare,
  FileWatch,
} from '../../../../src/conformance/place/file-watch.ts';
import { layerChanges } from '../../../../src/conformance/place/layer-changes.ts';
import { walkedChanges } from '../../../../src/conformance/place/walked-changes.ts';

const file = (change: ChangedFile['change'], sign = 'a'): ChangedFile => ({ change, kind: 'file', sign });
const at = (changed?: ChangedFile): Changes => new Map(changed === undefined ? [] : [['/x', changed]]);

describe('what has changed between two moments', () => {
  const untouched = undefined;
  /** [then, now, what is told]. */
  const rows: readonly (readonly [ChangedFile | undefined, ChangedFile | undefined, string | undefined])[] = [
    [untouched, untouched, undefined],
    [untouched, file('made'), 'made'],
    [untouched, file('changed'), 'changed'],
    [untouched, file('removed'), 'removed'],
    [file('made'), untouched, 'removed'],
    [file('made'), file('made'), undefined],
    [file('made'), file('made', 'b'), 'changed'],
    [file('made'), file('removed'), 'removed'],
    [file('changed'), untouched, 'changed'],
    [file('changed'), file('changed'), undefined],
    [file('changed'), file('changed', 'b'), 'changed'],
    [file('changed'), file('removed'), 'removed'],
    [file('removed'), untouched, 'made'],
    [file('removed'), file('made'), 'made'],
    [file('removed'), file('changed'), 'made'],
    [file('removed'), file('removed'), undefined],
  ];
  it.each(rows)('%j, then %j: %s', (then, now, told) => {
    expect(compare(at(then), at(now)).map(({ change }) => change)).toEqual(told === undefined ? [] : [told]);
  });

  it('is nothing for a directory in which something else has changed', () => {
    const directory = (sign: string): ChangedFile => ({ change: 'made', kind: 'directory', sign });
    expect(compare(at(directory('a')), at(directory('b')))).toEqual([]);
  });

  it('counts from the mark', async () => {
    let now = at();
    const watch = new FileWatch(async () => now);
    const first = await watch.mark();
    now = at(file('made'));
    const second = await watch.mark();
    expect(await watch.since(second)).toEqual([]);
    expect(await watch.since(first)).toEqual([{ path: '/x', kind: 'file', change: 'made' }]);
    await expect(watch.since({ id: 3 })).rejects.toThrow('Expected a mark of this place, got 3');
  });
});

describe('folders', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundlet-files-'));
    await mkdir(join(folder, 'lower/etc'), { recursive: true });
    await mkdir(join(folder, 'upper/etc'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('of a layer tell what is new, what differs, and not what was only opened', async () => {
    for (const name of ['same', 'other']) {
      await writeFile(join(folder, 'lower/etc', name), 'text');
    }
    await utimes(join(folder, 'lower/etc/same'), 1, 1);
    await writeFile(join(folder, 'upper/etc/same'), 'text');
    await utimes(join(folder, 'upper/etc/same'), 1, 1);
    await writeFile(join(folder, 'upper/etc/other'), 'longer text');
    await mkdir(join(folder, 'upper/etc/new'));
    await symlink('nowhere', join(folder, 'upper/etc/new/link'));
    const layer = { path: '/', upper: join(folder, 'upper'), lower: join(folder, 'lower') };
    const changes = await layerChanges([layer], (path) => path.endsWith('never'));
    expect([...changes].map(([path, { change, kind }]) => `${path} ${change} ${kind}`).toSorted()).toEqual([
      '/etc/new made directory',
      '/etc/new/link made link',
      '/etc/other changed file',
    ]);
  });

  it('that are walked give everything in them but what is left out', async () => {
    await writeFile(join(folder, 'lower/etc/seen'), '');
    await writeFile(join(folder, 'upper/etc/unseen'), '');
    const changes = await walkedChanges([folder, join(folder, 'missing')], (path) => path.includes('upper'));
    expect([...changes.keys()]).toEqual([
      join(folder, 'lower'),
      join(folder, 'lower/etc'),
      join(folder, 'lower/etc/seen'),
    ]);
  });

  it('are copied with modes and times, links as they are', async () => {
    await writeFile(join(folder, 'lower/etc/tool'), 'text', { mode: 0o4711 });
    await utimes(join(folder, 'lower/etc/tool'), 5, 5);
    await symlink('tool', join(folder, 'lower/etc/link'));
    await copyTree(join(folder, 'lower'), join(folder, 'copy'));
    const [from, to] = await Promise.all(
      ['lower', 'copy'].map((name) => walkedChanges([join(folder, name)], () => false)),
    );
    const strip = (all: Changes | undefined): string[] =>
      [...(all ?? [])].map(
        ([path, { kind, sign }]) =>
          `${path.replace(/.*(lower|copy)/, '')} ${kind} ${sign
            .split(' ')
            .slice(1)
            .map((part) => Math.round(Number(part)))}`,
      );
    expect(strip(to)).toEqual(strip(from));
  });
});
