import { describe, expect, it } from 'vitest';
import { type InProcessSettings, readInProcessOptions } from '../../../src/config/in-process-options.ts';
import type { Note } from '../../../src/config/note.ts';

function read(env: Readonly<Record<string, string>>): [InProcessSettings, Note[]] {
  const notes: Note[] = [];
  return [readInProcessOptions(env, notes), notes];
}

describe('running agents in the daemon', () => {
  it.each([
    [{}, true],
    [{ BUNDLET_IN_PROCESS: '' }, true],
    [{ BUNDLET_IN_PROCESS: 'Yes' }, true],
    [{ BUNDLET_IN_PROCESS: 'no' }, false],
    [{ BUNDLET_IN_PROCESS: '0' }, false],
  ])('%j: %s', (env, isOn) => {
    expect(read(env)).toEqual([{ isOn, except: [] }, []]);
  });

  it('is said to be on where nobody understands whether it is wanted', () => {
    const [settings, notes] = read({ BUNDLET_IN_PROCESS: 'perhaps' });
    expect(settings.isOn).toBe(true);
    expect(notes).toEqual([
      { setting: 'BUNDLET_IN_PROCESS', problem: 'Expected yes or no, got "perhaps"; using yes' },
    ]);
  });

  it.each([
    ['', []],
    ['apache', ['apache']],
    ['apache heartbeat:nfsserver', ['apache', 'heartbeat:nfsserver']],
    [' apache,\tocf:bundlet:dummy ,', ['apache', 'bundlet:dummy']],
  ])('leaves out "%s"', (text, except) => {
    expect(read({ BUNDLET_IN_PROCESS_EXCEPT: text })).toEqual([{ isOn: true, except }, []]);
  });

  it.each(['lsb:apache:x', 'a:b:c', ':apache', 'ocf:a:b:c', 'apache;nfsserver', '/usr/lib/x'])(
    'tells of "%s", which is no name, and takes the others',
    (word) => {
      const [settings, notes] = read({ BUNDLET_IN_PROCESS_EXCEPT: `apache ${word}` });
      expect(settings.except).toEqual(['apache']);
      expect(notes).toEqual([
        {
          setting: 'BUNDLET_IN_PROCESS_EXCEPT',
          problem: `Expected names of agents such as apache or heartbeat:apache, with spaces between, got "${word}"; going on without it`,
        },
      ]);
    },
  );
});
