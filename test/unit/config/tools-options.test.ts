import { describe, expect, it } from 'vitest';
import type { Note } from '../../../src/config/note.ts';
import { readToolsSocket, withSmallTools } from '../../../src/config/tools-options.ts';

const USUAL = '/run/bundlet/tools.sock';

describe('the socket of small tools', () => {
  it.each([
    [undefined, USUAL, 0],
    ['', USUAL, 0],
    ['none', undefined, 0],
    ['/x/y', '/x/y', 0],
    [`/${'x'.repeat(106)}`, `/${'x'.repeat(106)}`, 0],
    [`/${'x'.repeat(107)}`, USUAL, 1],
    ['x/y', USUAL, 1],
  ])('set to %s is %s', (text, path, noted) => {
    const notes: Note[] = [];
    expect(readToolsSocket({ BUNDLET_TOOLS_SOCKET: text }, notes)).toBe(path);
    expect(notes).toHaveLength(noted);
  });
});

describe('the environment of agents', () => {
  it.each([
    ['/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/tools'],
    // Agents append what is missing: real tools must come before ours.
    ['/bin:/x', '/bin:/x:/usr/sbin:/usr/bin:/sbin:/tools'],
  ])('PATH %s becomes %s', (before, after) => {
    const place = { directory: '/tools', socket: USUAL, areAlone: false };
    expect(withSmallTools({ PATH: before, A: '1' }, place)).toEqual({ PATH: after, A: '1' });
  });

  it('names a socket at another place', () => {
    const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
    expect(withSmallTools({ PATH }, { directory: '/tools', socket: '/x', areAlone: false })).toEqual({
      PATH: `${PATH}:/tools`,
      BUNDLET_TOOLS_SOCKET: '/x',
    });
  });

  it('tells agents that name the folder of the tools where it is, unless they were told already', () => {
    const place = { directory: '/tools', socket: USUAL, areAlone: true };
    expect(withSmallTools({ PATH: '/bin' }, place)).toMatchObject({ HA_SBIN_DIR: '/tools' });
    const HA_SBIN_DIR = '/opt/sbin';
    expect(withSmallTools({ PATH: '/bin', HA_SBIN_DIR }, place)).toMatchObject({ HA_SBIN_DIR });
  });

  it('stays as it is without a PATH, and where small tools are switched off', () => {
    const place = { directory: '/tools', socket: USUAL, areAlone: true };
    expect(withSmallTools({ A: '1' }, place)).toEqual({ A: '1' });
    expect(withSmallTools({ PATH: '/bin' }, { ...place, socket: undefined })).toEqual({ PATH: '/bin' });
  });
});
