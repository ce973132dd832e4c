import { readKeyFile } from '../client/key-file.ts';
import { readOptions } from '../config/options.ts';
import { messageOf } from '../errors/agent-error.ts';
import type { Io } from './io.ts';

/** What the settings come to, and what is wrong with them. */
export interface ConfigReport {
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly problems: readonly { readonly setting: string; readonly problem: string }[];
}

const PLAUSIBLE_KEY_BYTES = 40;

/** Looks at the environment as the daemon would. Secrets are named by their fingerprints. */
export async function checkConfig(io: Io, soloFile: string | undefined): Promise<ConfigReport> {
  const options = readOptions([], io.env);
  const problems = options.notes.map(({ setting, problem }) => ({ setting, problem }));
  const key = options.certificates === undefined ? await lookAtKey(options.keyLocation) : undefined;
  if (key?.problem !== undefined) {
    problems.push({ setting: 'PCMK_authkey_location', problem: key.problem });
  }
  const file = soloFile ?? options.soloFile;
  if (file !== undefined) {
    problems.push(...(await lookAtSolo(file)));
  }
  const { http } = options.control;
  const settings = {
    'listens on': `${options.addresses.length === 0 ? 'all addresses' : options.addresses.join(', ')}, port ${options.port}`,
    authentication: key === undefined ? 'certificates' : key.text,
    'TLS priorities': options.tlsPriorities,
    'log level': options.logLevel,
    'log format': options.logFormat,
    'log files': options.logFiles.length === 0 ? 'none' : options.logFiles.join(', '),
    'OCF root': options.ocfRoot,
    'control socket': options.control.socket ?? 'none',
    HTTP: http === undefined ? 'none' : `${http.host}:${http.port}`,
    'tools socket': options.toolsSocket ?? 'none',
    'time to shut down': `${options.shutdownTimeoutMs / 1000} s`,
    'solo mode': file ?? 'none',
  };
  return { settings: Object.entries(settings).map(([name, value]) => ({ name, value })), problems };
}

async function lookAtKey(
  location: string | undefined,
): Promise<{ readonly text: string; readonly problem?: string }> {
  const path = location ?? '/etc/pacemaker/authkey';
  try {
    const key = await readKeyFile(path);
    const text = `key ${path}, fingerprint ${key.name}`;
    return key.byteLength < PLAUSIBLE_KEY_BYTES
      ? {
          text,
          problem: `Expected at least ${PLAUSIBLE_KEY_BYTES} bytes, got ${key.byteLength}: it can be guessed`,
        }
      : { text };
  } catch (error) {
    return {
      text: `key ${path}, which can not be read`,
      problem: messageOf(error).replace('--authkey', path),
    };
  }
}

async function lookAtSolo(file: string): Promise<ConfigReport['problems']> {
  const { readDefinitionFile } = await import('../solo/read-definition.ts');
  try {
    const { notes } = await readDefinitionFile(file);
    return notes.map((problem) => ({ setting: file, problem }));
  } catch (error) {
    return [{ setting: file, problem: messageOf(error) }];
  }
}
