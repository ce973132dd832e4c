import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';
import { type DaemonOptions, readOptions } from '../../src/config/options.ts';
import { LOG_LEVELS } from '../../src/observe/events.ts';
import { settings } from './settings.ts';

const word = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '3121',
    '65535',
    '65536',
    '1e3',
    '0x10',
    ' 5 ',
    '5s',
    '5 parsecs',
    'none',
    'yes',
  ),
  fc.constantFrom(
    'info',
    'DEBUG',
    'crit',
    'loud',
    '0660',
    '999',
    '/tmp/x',
    'constructor',
    '__proto__',
    '5constructor',
  ),
  fc.string({ maxLength: 10 }),
);

const NAMES = [
  'remote_port',
  'remote_address',
  'authkey_location',
  'tls_priorities',
  'node_start_state',
  'debug',
  'stderr',
  'logpriority',
  'logfile',
  'logfile_mode',
  'logfacility',
  'schema_directory',
  'remote_schema_directory',
  'dh_max_bits',
  'valgrind_enabled',
  'fail_fast',
  'ipc_buffer',
  'ca_file',
  'cert_file',
  'key_file',
  'crl_file',
];

const variable = fc.oneof(
  fc.constantFrom(
    ...NAMES.flatMap((name) => [`PCMK_${name}`, `HA_${name}`]),
    'SBD_WATCHDOG_TIMEOUT',
    'OCF_ROOT',
    'BUNDLET_SHUTDOWN_TIMEOUT',
    'BUNDLET_DAEMON_STOP_MS',
  ),
  fc.string({ maxLength: 10 }),
);

const env = fc.dictionary(variable, word, { maxKeys: 8 });

const argument = fc.oneof(
  fc.constantFrom(
    '-p',
    '--port',
    '-l',
    '--logfile',
    '-V',
    '-VV',
    '-?',
    '--help',
    '--',
    '--port=',
    '--bogus',
    '--output-as',
    '--output-as=xml',
    '--output-to=-',
    '-$',
    '-',
  ),
  word,
);

/** The options, or undefined where they are refused; anything else that is thrown fails the test. */
function tryRead(
  args: readonly string[],
  given: Readonly<Record<string, string>>,
): DaemonOptions | undefined {
  try {
    return readOptions(args, given);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/\S/) });
    return undefined;
  }
}

describe('options', () => {
  it('are read or refused, and what is read can be used', () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 5 }), env, (args, given) => {
        const options = tryRead(args, given);
        if (options !== undefined) {
          expect(options.port).toBeGreaterThanOrEqual(1);
          expect(options.port).toBeLessThanOrEqual(65_535);
          expect(LOG_LEVELS).toContain(options.logLevel);
          expect(options.logFileMode).toBeLessThanOrEqual(0o7777);
          expect(options.userTimeoutMs ?? 1).toBeGreaterThan(0);
          expect(options.shutdownTimeoutMs).toBeGreaterThanOrEqual(0);
          expect(Number.isSafeInteger(options.shutdownTimeoutMs)).toBe(true);
          expect(['text', 'xml', 'none']).toContain(options.outputAs);
          expect(['default', 'online', 'standby', undefined]).toContain(options.nodeStartState);
          expect(options.notes.every(({ setting, problem }) => setting !== '' && problem !== '')).toBe(true);
        }
      }),
      settings(2000),
    );
  });

  it('are never refused for the environment alone', () => {
    fc.assert(
      fc.property(env, (given) => {
        expect(tryRead([], given)).toBeDefined();
      }),
      settings(1000),
    );
  });

  it('note a level that is none', () => {
    const LEVEL = /^(emerg|alert|crit|critical|error|warning|notice|info|debug|trace|)$/i;
    fc.assert(
      fc.property(word, (level) => {
        fc.pre(!LEVEL.test(level));
        const { notes, logLevel } = readOptions([], { PCMK_logpriority: level });
        expect(logLevel).toBe('info');
        expect(notes.map(({ setting }) => setting)).toEqual(['PCMK_logpriority']);
      }),
      settings(500),
    );
  });
});

describe('a time', () => {
  it('is a whole number of milliseconds, or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          word,
          fc.tuple(fc.integer(), word).map(([n, unit]) => `${n}${unit}`),
        ),
        (text) => {
          const timeMs = parseDuration(text);
          expect(timeMs === undefined || Number.isInteger(timeMs)).toBe(true);
        },
      ),
      settings(2000),
    );
  });
});
