import { describe, expect, it } from 'vitest';
import { fileSystems, isWithin, readMounts } from '../../../../src/conformance/sandbox/mounts.ts';

const MOUNT_INFO = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 8:1 / /mnt/with\\040blank rw shared:1 master:2 - xfs /dev/sdb rw
31 27 8:2 / /home rw,relatime shared:3 - ext4 /dev/sdc rw
32 27 0:30 / /run rw - tmpfs tmpfs rw
33 27 0:31 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
34 31 8:2 /x /home rw,relatime - ext4 /dev/sdc rw
not a line
`;

describe('the list of mounts', () => {
  it('is read with optional fields and octal numbers', () => {
    expect(readMounts(MOUNT_INFO)[2]).toEqual({ path: '/mnt/with blank', type: 'xfs', source: '/dev/sdb' });
    expect(readMounts(MOUNT_INFO)).toHaveLength(7);
  });

  it("gives file systems with somebody's files, each once, outer ones first", () => {
    expect(fileSystems(readMounts(MOUNT_INFO))).toEqual(['/home', '/mnt/with blank']);
  });

  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/', true],
    ['/', '/a', false],
  ])('%s lies within %s: %s', (path, folder, is) => {
    expect(isWithin(path, folder)).toBe(is);
  });
});
