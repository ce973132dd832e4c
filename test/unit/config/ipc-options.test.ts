import { describe, expect, it } from 'vitest';
import { type IpcSettings, readIpcOptions } from '../../../src/config/ipc-options.ts';
import type { Notes } from '../../../src/config/note.ts';

const DEFAULTS: IpcSettings = { directory: '/dev/shm', socketDirectory: '/tmp', bufferFloorBytes: 0 };

type Case = readonly [env: Readonly<Record<string, string>>, changed: Partial<IpcSettings>];

function read(env: Readonly<Record<string, string>>) {
  const notes: Notes = [];
  return { settings: readIpcOptions(env, notes), notes };
}

describe('options of local tools', () => {
  it.each<Case>([
    [{}, {}],
    [{ BUNDLET_IPC: 'yes', BUNDLET_IPC_DIRECTORY: '' }, {}],
    [{ BUNDLET_IPC_DIRECTORY: '/run/x' }, { directory: '/run/x' }],
    [{ BUNDLET_IPC_DIRECTORY: `/${'d'.repeat(149)}` }, { directory: `/${'d'.repeat(149)}` }],
    [{ BUNDLET_IPC_SOCKET_DIRECTORY: '/var/run' }, { socketDirectory: '/var/run' }],
    [{ PCMK_ipc_buffer: '131072' }, { bufferFloorBytes: 131_072 }],
    [{ HA_ipc_buffer: '20971520' }, { bufferFloorBytes: 20_971_520 }],
    [{ PCMK_ipc_type: 'shared-mem' }, {}],
  ])('take %j', (env, changed) => {
    expect(read(env)).toEqual({ settings: { ...DEFAULTS, ...changed }, notes: [] });
  });

  it.each<Case>([
    [{ BUNDLET_IPC: 'maybe' }, {}],
    [{ BUNDLET_IPC_DIRECTORY: 'run' }, {}],
    [{ BUNDLET_IPC_DIRECTORY: `/${'d'.repeat(150)}` }, {}],
    [{ BUNDLET_IPC_SOCKET_DIRECTORY: '.' }, {}],
    [{ PCMK_ipc_buffer: '131071' }, {}],
    [{ PCMK_ipc_buffer: '2m' }, {}],
    [{ PCMK_ipc_buffer: '20971521' }, { bufferFloorBytes: 20_971_520 }],
    [{ PCMK_ipc_type: 'socket' }, {}],
  ])('note %j and go on', (env, changed) => {
    const { settings, notes } = read(env);
    expect(settings).toEqual({ ...DEFAULTS, ...changed });
    expect(notes.map(({ setting }) => setting)).toEqual(Object.keys(env));
    expect(notes[0]?.problem).toContain(`"${Object.values(env)[0]}"`);
  });

  it.each(['no', 'OFF', '0'])('switch them off: %s', (text) => {
    expect(read({ BUNDLET_IPC: text })).toEqual({ settings: undefined, notes: [] });
  });
});
