import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTrue } from '../../../src/config/boolean.ts';
import { parseDuration } from '../../../src/config/duration.ts';
import { agentEnvironment, type Environment } from '../../../src/config/environment.ts';
import { type DaemonOptions, readOptions } from '../../../src/config/options.ts';

/** What is given, and what comes of it. */
type Case = [what: string, args: string[], env: Environment, expected: Partial<DaemonOptions>];
type NoteCase = [setting: string, env: Environment, expected: Partial<DaemonOptions>];

describe('options', () => {
  it('have defaults', () => {
    expect(readOptions([], {})).toEqual({
      mode: 'run',
      ipc: { directory: '/dev/shm', socketDirectory: '/tmp', bufferFloorBytes: 0 },
      toolsSocket: '/run/bundlet/tools.sock',
      port: 3121,
      outputAs: 'text',
      addresses: [],
      previousKeyLocation: '/etc/pacemaker/authkey.previous',
      tlsPriorities: 'NORMAL',
      ocfRoot: '/usr/lib/ocf',
      endsUnprotected: false,
      schemaDirectory: '/usr/share/pacemaker',
      remoteSchemaDirectory: '/var/lib/pacemaker/schemas',
      shutdownTimeoutMs: 29 * 60_000,
      inProcess: { isOn: true, except: [] },
      isDebugging: false,
      logLevel: 'info',
      logToStderr: false,
      logFiles: [],
      logFileMode: 0o660,
      logFormat: 'auto',
      control: { socket: '/run/bundlet/control/control.sock' },
      soloResumes: false,
      notes: [],
    });
  });

  it.each<Case>([
    ['the port by variable', [], { PCMK_remote_port: '4000' }, { port: 4000 }],
    ['the port by its old name', [], { HA_remote_port: '4000' }, { port: 4000 }],
    ['the new name before the old', [], { PCMK_remote_port: '1', HA_remote_port: '2' }, { port: 1 }],
    ['the argument before the variable', ['-p', '5000'], { PCMK_remote_port: '4000' }, { port: 5000 }],
    ['the last of two ports', ['-p', '5000', '--port=6000'], {}, { port: 6000 }],
    ['an address', [], { PCMK_remote_address: '::1' }, { addresses: ['::1'] }],
    [
      'several addresses',
      [],
      { PCMK_remote_address: ' 10.0.0.1, [fd00::1],node1  10.0.0.1 ' },
      { addresses: ['10.0.0.1', 'fd00::1', 'node1'] },
    ],
    ['blanks for all addresses', [], { PCMK_remote_address: ' , ' }, { addresses: [] }],
    [
      'a key beside the place of the start',
      [],
      { PCMK_authkey_location: './k' },
      { keyLocation: resolve('k'), previousKeyLocation: resolve('k.previous') },
    ],
    ['a key', [], { PCMK_authkey_location: '/k' }, { keyLocation: '/k', previousKeyLocation: '/k.previous' }],
    [
      'a previous key',
      [],
      { PCMK_authkey_location: '/k', BUNDLET_AUTHKEY_PREVIOUS: '/old' },
      { previousKeyLocation: '/old' },
    ],
    [
      'certificates, by any of their names',
      [],
      { PCMK_ca_file: '/a', CIB_cert_file: '/b', HA_key_file: '/c', PCMK_crl_file: '' },
      { certificates: { ca: '/a', cert: '/b', key: '/c' }, notes: [] },
    ],
    [
      'a revocation list with them',
      [],
      { PCMK_ca_file: '/a', PCMK_cert_file: '/b', PCMK_key_file: '/c', CIB_crl_file: '/d' },
      { certificates: { ca: '/a', cert: '/b', key: '/c', crl: '/d' } },
    ],
    ['an empty variable as none', [], { PCMK_remote_port: '', HA_remote_port: '7' }, { port: 7 }],
    ['priorities', [], { PCMK_tls_priorities: 'SECURE192' }, { tlsPriorities: 'SECURE192' }],
    ['half of the watchdog', [], { SBD_WATCHDOG_TIMEOUT: '5s' }, { userTimeoutMs: 2500 }],
    ['the watchdog itself', [], { SBD_WATCHDOG_TIMEOUT: '5s' }, { watchdogTimeoutMs: 5000 }],
    ['an end without watchdog', [], { BUNDLET_WATCHDOG_CHECK: 'exit' }, { endsUnprotected: true }],
    [
      'a log line without watchdog',
      [],
      { BUNDLET_WATCHDOG_CHECK: 'log' },
      { endsUnprotected: false, notes: [] },
    ],
    ['no watchdog', [], { SBD_WATCHDOG_TIMEOUT: '0' }, { notes: [] }],
    ...['default', 'online', 'standby'].map(
      (state): Case =>
        [
          'a start state',
          [],
          { PCMK_node_start_state: state },
          { nodeStartState: state, notes: [] },
        ] as const,
    ),
    [
      'the directories of schemas',
      [],
      { PCMK_schema_directory: '/a', PCMK_remote_schema_directory: '/b' },
      { schemaDirectory: '/a', remoteSchemaDirectory: '/b' },
    ],
    ['a time for the shutdown', [], { BUNDLET_SHUTDOWN_TIMEOUT: '2min' }, { shutdownTimeoutMs: 120_000 }],
    ['no time for the shutdown', [], { BUNDLET_SHUTDOWN_TIMEOUT: '0' }, { shutdownTimeoutMs: 0 }],
    ['the time pcmk-init leaves', [], { BUNDLET_DAEMON_STOP_MS: '6000' }, { shutdownTimeoutMs: 4500 }],
    ['half of a short time', [], { BUNDLET_DAEMON_STOP_MS: '751' }, { shutdownTimeoutMs: 376 }],
    [
      'less than pcmk-init leaves',
      [],
      { BUNDLET_DAEMON_STOP_MS: '6000', BUNDLET_SHUTDOWN_TIMEOUT: '4500ms' },
      { shutdownTimeoutMs: 4500, notes: [] },
    ],
    ['stderr', [], { PCMK_stderr: 'YES' }, { logToStderr: true }],
    ['debug for all', [], { PCMK_debug: 'yes' }, { isDebugging: true, logLevel: 'debug' }],
    ['no stderr', [], { PCMK_stderr: 'Off' }, { logToStderr: false, notes: [] }],
    ['no debug', [], { PCMK_debug: 'no' }, { isDebugging: false, notes: [] }],
    [
      'debug for us',
      [],
      { PCMK_debug: 'pacemakerd, pacemaker-remoted' },
      { isDebugging: true, notes: [], logLevel: 'debug' },
    ],
    ['debug for us by the older name', [], { PCMK_debug: 'pacemaker_remoted' }, { isDebugging: true }],
    [
      'debug for others',
      [],
      { PCMK_debug: 'pacemakerd,pacemaker-execd' },
      { isDebugging: false, notes: [], logLevel: 'info' },
    ],
    ['no part of a name', [], { PCMK_debug: 'pacemaker-remoted2' }, { isDebugging: false }],
    ...['emerg', 'alert', 'crit', 'critical', 'error', 'ERROR'].map(
      (level): Case => ['a level', [], { PCMK_logpriority: level }, { logLevel: 'error' }],
    ),
    ['the level trace', [], { PCMK_logpriority: 'trace' }, { logLevel: 'debug' }],
    ['a facility', [], { PCMK_logfacility: 'local3' }, { notes: [] }],
    ['a level', [], { PCMK_logpriority: 'warning' }, { logLevel: 'warning' }],
    ['more than a level', ['-V', '-V'], { PCMK_logpriority: 'warning' }, { logLevel: 'info' }],
    ['more than all', ['-VVVVV'], {}, { logLevel: 'debug' }],
    ['log files', ['-l', '/a', '--logfile', '/b'], { PCMK_logfile: '/c' }, { logFiles: ['/a', '/b', '/c'] }],
    ['no log file', [], { PCMK_logfile: 'none' }, { logFiles: [] }],
    ['a mode', [], { PCMK_logfile_mode: '0640' }, { logFileMode: 0o640 }],
    ['agents', [], { OCF_ROOT: '/opt/ocf' }, { ocfRoot: '/opt/ocf' }],
    ['help', ['-?'], {}, { mode: 'help' }],
    ['the version', ['-$'], {}, { mode: 'version' }],
    ['help before the version', ['-$', '-?'], {}, { mode: 'help' }],
    [
      'a format and a file for it',
      ['--version', '--output-as=xml', '--output-to=/v'],
      {},
      { outputAs: 'xml', outputTo: '/v' },
    ],
    ['no format', ['--output-as', 'none'], {}, { outputAs: 'none' }],
  ])('take %s', (_what, args, env, expected) => {
    expect(readOptions(args, env)).toMatchObject(expected);
  });

  it.each<NoteCase>([
    ['PCMK_remote_port', { PCMK_remote_port: '70000' }, { port: 3121 }],
    ['PCMK_remote_port', { PCMK_remote_port: '31x' }, { port: 3121 }],
    ['PCMK_logpriority', { PCMK_logpriority: 'loud' }, { logLevel: 'info' }],
    ['PCMK_logfile_mode', { PCMK_logfile_mode: 'rw' }, { logFileMode: 0o660 }],
    ['SBD_WATCHDOG_TIMEOUT', { SBD_WATCHDOG_TIMEOUT: 'soon' }, {}],
    ['BUNDLET_WATCHDOG_CHECK', { BUNDLET_WATCHDOG_CHECK: 'die' }, { endsUnprotected: false }],
    ['PCMK_dh_max_bits', { PCMK_dh_max_bits: '2048' }, {}],
    ['PCMK_remote_port', { PCMK_remote_port: '0' }, { port: 3121 }],
    ['PCMK_remote_port', { PCMK_remote_port: '-1' }, { port: 3121 }],
    ['PCMK_stderr', { PCMK_stderr: 'maybe' }, { logToStderr: false }],
    ['PCMK_debug', { PCMK_debug: 'maybe' }, { isDebugging: false }],
    ['PCMK_debug', { PCMK_debug: 'pacemaker-remoted,x' }, { isDebugging: true }],
    ['PCMK_logfacility', { PCMK_logfacility: 'local9' }, {}],
    ['PCMK_logfile_mode', { PCMK_logfile_mode: '0890' }, { logFileMode: 0o660 }],
    ['BUNDLET_SHUTDOWN_TIMEOUT', { BUNDLET_SHUTDOWN_TIMEOUT: 'soon' }, { shutdownTimeoutMs: 1_740_000 }],
    ['BUNDLET_SHUTDOWN_TIMEOUT', { BUNDLET_SHUTDOWN_TIMEOUT: '-1' }, { shutdownTimeoutMs: 1_740_000 }],
    [
      'BUNDLET_SHUTDOWN_TIMEOUT',
      { BUNDLET_DAEMON_STOP_MS: '6000', BUNDLET_SHUTDOWN_TIMEOUT: '1h' },
      { shutdownTimeoutMs: 4500 },
    ],
    ...[
      ...['dh_min_bits', 'dh_max_bits', 'blackbox', 'valgrind_enabled', 'callgrind_enabled', 'fail_fast'],
      ...['trace_functions', 'trace_files', 'trace_formats', 'trace_tags', 'trace_blackbox'],
      'panic_action',
    ].map((name): NoteCase => [`PCMK_${name}`, { [`PCMK_${name}`]: '1' }, {}]),
    ['PCMK_valgrind_enabled', { HA_valgrind_enabled: 'pacemaker-remoted' }, {}],
    ['PCMK_dh_min_bits', { PCMK_dh_min_bits: '0' }, {}],
    ['SSLKEYLOGFILE', { SSLKEYLOGFILE: '/k' }, {}],
  ])('note a wrong or useless %s and go on', (setting, env, expected) => {
    const options = readOptions([], env);
    expect(options).toMatchObject(expected);
    expect(options.notes.map((note) => note.setting)).toEqual([setting]);
  });

  it('say nothing of what is switched off', () => {
    const env = {
      PCMK_valgrind_enabled: 'no',
      PCMK_fail_fast: 'false',
      PCMK_blackbox: '',
      PCMK_callgrind_enabled: '0',
    };
    expect(readOptions([], env).notes).toEqual([]);
  });

  it('tell the cluster no start state that it does not know', () => {
    const { notes, ...options } = readOptions([], { PCMK_node_start_state: 'asleep' });
    expect(options).not.toHaveProperty('nodeStartState');
    expect(notes).toMatchObject([
      { setting: 'PCMK_node_start_state', problem: expect.stringContaining('asleep') },
    ]);
  });

  it.each([
    ['an unknown option', ['--bogus']],
    ['a port that is none', ['--port', 'x']],
    ['port 0', ['-p', '0']],
    ['an operand', ['file']],
    ['an option without its value', ['-p']],
    ['two ports of which the last is wrong', ['-p', '5000', '-p', 'x']],
    ['a format that is none', ['--output-as', 'html']],
    ['a value for an option that has none', ['--verbose=2']],
  ])('refuse %s', (_what, args) => {
    expect(() => readOptions(args, {})).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it.each([
    [{ PCMK_ca_file: '/a' }, 'PCMK_cert_file and PCMK_key_file'],
    [{ PCMK_ca_file: '/a', CIB_key_file: '/c', PCMK_cert_file: '' }, 'PCMK_cert_file'],
    [{ PCMK_crl_file: '/d' }, 'PCMK_ca_file and PCMK_cert_file and PCMK_key_file'],
  ])('go on with the key when only %j is set, and say what is missing', (env, missing) => {
    const options = readOptions([], env);
    expect(options.certificates).toBeUndefined();
    expect(options.notes).toEqual([
      { setting: 'PCMK_cert_file', problem: expect.stringContaining(`got none for ${missing}; using the`) },
    ]);
  });
});

describe('values', () => {
  it.each([
    ['5', 5000],
    ['5s', 5000],
    ['1500ms', 1500],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['-1', -1000],
    ['', undefined],
    ['5 parsecs', undefined],
  ])('the time %j is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['true', 'ON', 'yes', 'y', '1'])('%s is true', (text) => expect(isTrue(text)).toBe(true));
  it.each(['false', '0', 'no', '', undefined, 'maybe'])('%s is false', (text) =>
    expect(isTrue(text)).toBe(false),
  );
});

describe('what agents inherit', () => {
  it('is without our runtime’s variables', () => {
    const env = {
      PATH: '/bin',
      NODE_OPTIONS: '--x',
      BUNDLET_DAEMON: '/x',
      BUNDLET_RUNTIME_ENV: 'MALLOC_ARENA_MAX:NODE_COMPILE_CACHE',
      MALLOC_ARENA_MAX: '1',
      MALLOC_PERTURB_: '3',
      NOTIFY_SOCKET: '/n',
      SSLKEYLOGFILE: '/s',
    };
    expect(agentEnvironment(env, false)).toEqual({
      PATH: '/bin',
      MALLOC_PERTURB_: '3',
      PCMK_service: 'pacemaker-remoted',
      PCMK_LOGFACILITY: 'daemon',
      HA_LOGFACILITY: 'daemon',
    });
  });

  it('names the log the way ocf_log looks for it', () => {
    const env = { PCMK_logfile: '/l', PCMK_logfacility: 'none' };
    expect(agentEnvironment(env, true)).toMatchObject({
      PCMK_LOGFILE: '/l',
      HA_LOGFILE: '/l',
      PCMK_DEBUGLOG: '/l',
      HA_DEBUGLOG: '/l',
    });
    expect(agentEnvironment(env, false)).not.toHaveProperty('HA_LOGFACILITY');
    expect(agentEnvironment({ PCMK_logfile: 'none' }, true)).not.toHaveProperty('HA_LOGFILE');
  });
});
