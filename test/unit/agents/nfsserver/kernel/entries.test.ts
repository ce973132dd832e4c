import { describe, expect, it } from 'vitest';
import { entriesOf, placedExports } from '../../../../../agents/nfsserver/kernel/entries.ts';
import { paramsOf } from './fake-context.ts';

const pseudosOf = (given: Readonly<Record<string, string>>): readonly string[] =>
  placedExports(paramsOf({ clients: '*', ...given })).map(({ pseudo }) => pseudo);

describe("places in NFSv4's tree", () => {
  it.each([
    [{ export_path: '/srv/a;/srv/b' }, ['/srv/a', '/srv/b']],
    [{ export_path: '/srv/a', pseudo: '/srv/a' }, ['/srv/a']],
    [{ export_path: '/srv/a', pseudo: '/' }, ['/']],
    [{ export_path: '/srv/a/b/c;/srv/a', pseudo: '/b/c;/' }, ['/b/c', '/']],
    [{ export_path: '/;/srv', pseudo: '/;/srv' }, ['/', '/srv']],
  ])('of %j', (given, expected) => {
    expect(pseudosOf(given)).toEqual(expected);
  });

  it.each([
    [{ export_path: '/srv/a', pseudo: '/b' }, /Expected the pseudo path of \/srv\/a to be \/srv\/a, got \/b/],
    [{ export_path: '/srv/a;/srv/ab', pseudo: '/;/b' }, /Expected \/srv\/ab to lie below \/srv\/a/],
    [{ export_path: '/srv/a;/srv/a/b', pseudo: '/;/c' }, /of \/srv\/a\/b to be \/b, got \/c/],
  ])('that the kernel can not give: %j', (given, reason) => {
    expect(() => pseudosOf(given)).toThrow(
      expect.objectContaining({ code: 6, message: expect.stringMatching(reason) }),
    );
  });
});

describe('the export table', () => {
  it('has every client, and this machine itself with the rights of the health check', () => {
    const params = paramsOf({
      export_path: '/srv/a',
      export_id: '7',
      clients: '192.0.2.0/24, @group',
      access_type: 'RO',
      squash: 'All_Squash',
      sectype: 'sys,krb5',
      anonuid: '1',
      export_options: 'insecure',
    });
    const common = 'ro,sync,no_subtree_check,anonuid=1,anongid=65534,fsid=7,sec=sys:krb5,insecure';
    expect(entriesOf(params, '127.0.0.1')).toEqual([
      { name: '192.0.2.0/24:/srv/a', options: `${common},all_squash` },
      { name: '@group:/srv/a', options: `${common},all_squash` },
      { name: '127.0.0.1:/srv/a', options: `${common},no_root_squash,secure` },
    ]);
  });

  it("has the root of NFSv4's tree as number 0", () => {
    const [first] = entriesOf(paramsOf({ export_path: '/srv/a', pseudo: '/', clients: '*' }), '127.0.0.1');
    expect(first?.options).toContain(',fsid=0,');
  });

  it('has IPv6 addresses in brackets, without their length', () => {
    const params = paramsOf({ export_path: '/a', clients: '2001:db8::1,2001:db8::/32' });
    expect(entriesOf(params, '::1').map(({ name }) => name)).toEqual([
      '[2001:db8::1]:/a',
      '[2001:db8::]/32:/a',
      '[::1]:/a',
    ]);
  });
});
