import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  addToRecord,
  readRecord,
  recordExports,
  removeRecord,
} from '../../../../../agents/nfsserver/kernel/record.ts';
import { fakeContext } from './fake-context.ts';

it('grows, and leaves no other file', async () => {
  await using fake = await fakeContext();
  const { context, folder } = fake;
  expect(await readRecord(context)).toBeUndefined();
  await addToRecord(context, { mounts: ['/a'] });
  await addToRecord(context, { needed: ['rpcbind'], started: ['rpcbind'] });
  await addToRecord(context, { mounts: ['/a', '/b'], needed: ['rpcbind'] });
  await recordExports(context, ['*:/x']);
  await recordExports(context, ['*:/y']);
  expect(await readRecord(context)).toEqual({
    needed: ['rpcbind'],
    started: ['rpcbind'],
    mounts: ['/a', '/b'],
    exports: ['*:/y'],
  });
  expect(await readdir(folder)).toEqual(['kernel.json']);
  await removeRecord(context);
  expect(await readdir(folder)).toEqual([]);
  expect(fake.logged).toEqual([]);
});

it.each([
  ['', undefined],
  ['{', undefined],
  ['null', { needed: [], started: [], mounts: [], exports: [] }],
  [
    '{"started":["init","rpc.statd",3],"mounts":"x"}',
    { needed: [], started: ['rpc.statd'], mounts: [], exports: [] },
  ],
])('of which only %j is left gives what can be used', async (text, expected) => {
  await using fake = await fakeContext();
  await writeFile(join(fake.folder, 'kernel.json'), text);
  expect(await readRecord(fake.context)).toEqual(expected);
  expect(fake.logged).toHaveLength(expected === undefined ? 1 : 0);
});
