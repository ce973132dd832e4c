import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/config/options.ts';

const SOCKET = '/run/bundlet/control/control.sock';

describe('options of control, solo mode and the log', () => {
  it.each([
    [{ BUNDLET_CONTROL_SOCKET: '/x/y' }, { control: { socket: '/x/y' } }],
    [{ BUNDLET_CONTROL_SOCKET: 'none' }, { control: {} }],
    [{ BUNDLET_HTTP: '9121' }, { control: { socket: SOCKET, http: { host: '127.0.0.1', port: 9121 } } }],
    [{ BUNDLET_HTTP: '127.0.0.9:1' }, { control: { socket: SOCKET, http: { host: '127.0.0.9', port: 1 } } }],
    [{ BUNDLET_HTTP: '[::1]:9121' }, { control: { socket: SOCKET, http: { host: '::1', port: 9121 } } }],
    [
      { BUNDLET_HTTP: 'localhost:9121' },
      { control: { socket: SOCKET, http: { host: 'localhost', port: 9121 } } },
    ],
    [{ BUNDLET_HTTP: 'none' }, { control: { socket: SOCKET } }],
    [
      { BUNDLET_HTTP: '0.0.0.0:9121', BUNDLET_HTTP_ANY: 'yes' },
      { control: { socket: SOCKET, http: { host: '0.0.0.0', port: 9121 } } },
    ],
    [
      { BUNDLET_SOLO: '/x.xml', BUNDLET_SOLO_RESUME: 'yes' },
      { soloFile: '/x.xml', soloResumes: true },
    ],
    [{ BUNDLET_SOLO: '' }, { soloResumes: false }],
    [{ BUNDLET_LOG_FORMAT: 'human' }, { logFormat: 'human' }],
  ])('%j', (env, expected) => {
    expect(readOptions([], env)).toMatchObject({ ...expected, notes: [] });
  });

  it.each([
    [{ BUNDLET_CONTROL_SOCKET: 'relative' }, /absolute path/, { control: { socket: SOCKET } }],
    [{ BUNDLET_CONTROL_SOCKET: `/${'x'.repeat(108)}` }, /at most 107 bytes/, { control: { socket: SOCKET } }],
    [{ BUNDLET_HTTP: 'web' }, /PORT or ADDRESS:PORT/, { control: { socket: SOCKET } }],
    [{ BUNDLET_HTTP: '99999' }, /PORT or ADDRESS:PORT/, { control: { socket: SOCKET } }],
    [{ BUNDLET_HTTP: '0.0.0.0:9121' }, /unless BUNDLET_HTTP_ANY=yes/, { control: { socket: SOCKET } }],
    [{ BUNDLET_SOLO_RESUME: 'perhaps' }, /yes or no, got "perhaps"/, { soloResumes: false }],
    [{ BUNDLET_LOG_FORMAT: 'xml' }, /auto, json, human, got "xml"/, { logFormat: 'auto' }],
  ])('%j is noted, and the default used', (env, problem, expected) => {
    const options = readOptions([], env);
    expect(options).toMatchObject(expected);
    expect(options.notes.map((note) => note.problem)).toEqual([expect.stringMatching(problem)]);
  });
});
