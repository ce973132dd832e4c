import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  nextState,
  prepareNotification,
  startNotification,
} from '../../../../../agents/nfsserver/kernel/notify.ts';
import { fakeContext } from './fake-context.ts';

async function remember(folder: string, clients: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'sm'), { recursive: true });
  await mkdir(join(folder, 'sm.bak'), { recursive: true });
  for (const client of clients) {
    await writeFile(join(folder, 'sm', client), `of ${client}\n`);
  }
}

it.each([
  [0, 1],
  [1, 3],
  [2, 3],
  [-5, 1],
  [0x7fff_fffd, 0x7fff_ffff],
  [0x7fff_ffff, 1],
])('after the state %i comes %i', (count, next) => {
  expect(nextState(count)).toBe(next);
});

it('makes a list for each address, and leaves statd an empty one', async () => {
  await using fake = await fakeContext({ nfs_ip: '192.0.2.1,192.0.2.2' });
  const { context, folder } = fake;
  await remember(folder, ['one', 'two']);
  await prepareNotification(context);
  expect(await readdir(join(folder, 'sm'))).toEqual([]);
  for (const address of ['192.0.2.1', '192.0.2.2']) {
    const list = join(folder, 'sm.notify', address);
    expect((await readdir(join(list, 'sm'))).toSorted()).toEqual(['one', 'two']);
    expect(await readFile(join(list, 'sm/one'), 'utf8')).toBe('of one\n');
    expect([...(await readFile(join(list, 'state')))].toSorted()).toEqual([0, 0, 0, 1]);
  }
});

it('keeps clients that nobody reached on the list of the next start, whatever its addresses are', async () => {
  await using fake = await fakeContext({ nfs_ip: '192.0.2.1' });
  await remember(fake.folder, ['old']);
  await prepareNotification(fake.context);
  const list = join(fake.folder, 'sm.notify/192.0.2.1');
  await rename(join(list, 'sm/old'), join(list, 'sm.bak/old')); // as sm-notify does
  await remember(fake.folder, ['new']);
  const context = { ...fake.context, params: { ...fake.context.params, nfs_ip: undefined } };
  await prepareNotification(context);
  expect(await readdir(join(fake.folder, 'sm.notify'))).toEqual(['any']);
  expect((await readdir(join(fake.folder, 'sm.notify/any/sm'))).toSorted()).toEqual(['new', 'old']);
});

it('notifies for each address; a failure is told, and no failure of the start', async () => {
  await using fake = await fakeContext(
    { nfs_ip: '192.0.2.1,192.0.2.2', nfs_notify_cmd: '/bin/true' },
    ({ args }) => (args?.includes('192.0.2.2') ? { code: 1, stderr: 'unusable\n' } : {}),
  );
  await remember(fake.folder, ['one']);
  await prepareNotification(fake.context);
  await startNotification(fake.context);
  expect(fake.ran.map(({ args }) => args?.at(-1))).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(fake.logged.join()).toMatch(
    /not notified from 192\.0\.2\.2, got status 1: unusable; does 192\.0\.2\.2 have a name/,
  );
});

it('runs nothing where no client held a lock', async () => {
  await using fake = await fakeContext({ nfs_notify_cmd: '/bin/true' });
  await remember(fake.folder, []);
  await prepareNotification(fake.context);
  await startNotification(fake.context);
  expect(fake.ran).toEqual([]);
});

it('leaves the list alone where no notification is wanted', async () => {
  await using fake = await fakeContext({ nfs_no_notify: 'yes' });
  await remember(fake.folder, ['one']);
  await prepareNotification(fake.context);
  await startNotification(fake.context);
  expect(await readdir(join(fake.folder, 'sm'))).toEqual(['one']);
  expect(fake.ran).toEqual([]);
});
