import { describe, expect, it } from 'vitest';
import { hasFileSystem, parseVersions } from '../../../../../agents/nfsserver/kernel/procfs.ts';

describe('versions', () => {
  it.each([
    ['-3 +4 +4.1 +4.2\n', ['4', '4.1', '4.2']],
    ['-2 +3 +4 +4.1 -4.2\n', ['3', '4', '4.1']],
    ['', []],
  ])('of %j are those with a plus', (text, expected) => {
    expect([...parseVersions(text)]).toEqual(expected);
  });
});

describe('the kernel', () => {
  it('has a file system or a longer-named one', () => {
    expect(hasFileSystem('nodev\tnfsd\n\text4\n', 'nfsd')).toBe(true);
    expect(hasFileSystem('nodev\tnfsd\n\text4\n', 'ext4')).toBe(true);
    expect(hasFileSystem('nodev\tnfsdx\nnodev\txnfsd\n', 'nfsd')).toBe(false);
  });
});
