import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findGroup, findUser } from '../../../../agents/process/accounts.ts';

const directory = mkdtempSync(join(tmpdir(), 'bundlet-accounts-'));
writeFileSync(
  join(directory, 'passwd'),
  'root:x:0:0:root:/root:/bin/bash\nweb:x:33:34:,,,:/var/www:/usr/sbin/nologin\n40:x:41:42::/x:/y\n',
);
writeFileSync(join(directory, 'group'), 'root:x:0:\nweb:x:34:\ntls:x:50:other,web\nlog:x:51:webber\n');
afterAll(() => rmSync(directory, { recursive: true }));

describe('a user', () => {
  const web = {
    uid: 33,
    gid: 34,
    groups: [34, 50],
    entry: { name: 'web', home: '/var/www', shell: '/usr/sbin/nologin' },
  };

  it('is found by name, with the groups that name him', async () => {
    expect(await findUser('web', directory)).toEqual(web);
  });

  it('is found by number, after one of that name', async () => {
    expect(await findUser('33', directory)).toEqual(web);
    expect(await findUser('40', directory)).toMatchObject({ uid: 41 });
  });

  it('need not be there as a number, as with docker run --user', async () => {
    expect(await findUser('1234', directory)).toEqual({ uid: 1234, gid: 0, groups: [0] });
  });

  it('is nobody else', async () => {
    for (const user of ['we', 'webber', '', '-1', '0x21']) {
      expect(await findUser(user, directory)).toBeUndefined();
    }
    expect(await findUser('web', join(directory, 'missing'))).toBeUndefined();
  });
});

it('a group is found by name or number', async () => {
  expect(await findGroup('tls', directory)).toBe(50);
  expect(await findGroup('1234', directory)).toBe(1234);
  expect(await findGroup('web1', directory)).toBeUndefined();
});
