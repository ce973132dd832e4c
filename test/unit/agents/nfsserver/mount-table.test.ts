import { describe, expect, it } from 'vitest';
import { mountAt, parseMounts } from '../../../../agents/nfsserver/mount-table.ts';

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
