import { describe, expect, it } from 'vitest';
import {
  hasCapability,
  hasFileSystem,
  mountAt,
  parseMounts,
  parseVersions,
} from '../../../../../agents/nfsserver/kernel/procfs.ts';

describe('versions', () => {
  it.each([
    ['-3 +4 +4.1 +4.2\n', ['4', '4.1', '4.2']],
    ['-2 +3 +4 +4.1 -4.2\n', ['3', '4', '4.1']],
    ['', []],
  ])('of %j are those with a plus', (text, expected) => {
    expect([...parseVersions(text)]).toEqual(expected);
  });
});

describe('mounts', () => {
  const text = [
    '22 1 0:20 / /proc rw,relatime shared:1 - proc proc rw',
    '29 22 0:25 / /proc/fs/nfsd rw,relatime - nfsd nfsd rw',
    '30 26 0:26 / /srv/with\\040blank rw shared:2 master:1 - ext4 /dev/vda rw,errors=x',
    '31 26 0:27 / /srv/with\\040blank rw - overlay overlay rw,nfs_export=on',
    'garbage',
    '',
  ].join('\n');

  it('are read with their types, whatever optional fields stand before the dash', () => {
    expect(mountAt(parseMounts(text), '/proc/fs/nfsd')?.type).toBe('nfsd');
    expect(parseMounts(text)).toHaveLength(4);
  });

  it('are found by their real paths, the topmost first', () => {
    expect(mountAt(parseMounts(text), '/srv/with blank')).toEqual({
      path: '/srv/with blank',
      type: 'overlay',
      options: ['rw', 'nfs_export=on'],
    });
  });

  it('that are not there are none', () => {
    expect(mountAt(parseMounts(text), '/srv')).toBeUndefined();
  });
});

describe('the kernel', () => {
  it('has a file system or a longer-named one', () => {
    expect(hasFileSystem('nodev\tnfsd\n\text4\n', 'nfsd')).toBe(true);
    expect(hasFileSystem('nodev\tnfsd\n\text4\n', 'ext4')).toBe(true);
    expect(hasFileSystem('nodev\tnfsdx\nnodev\txnfsd\n', 'nfsd')).toBe(false);
  });

  it.each([
    ['000001ffffffffff', true],
    ['0000000000200000', true],
    ['00000000800405fb', false],
    ['', false],
  ])('says with %j whether there is CAP_SYS_ADMIN', (mask, expected) => {
    expect(hasCapability(`Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t${mask}\n`, 21)).toBe(expected);
  });
});
