import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AgentError } from '../errors/agent-error.ts';
import { ownFolder } from '../process/own-place.ts';
import { readDefinitionFile } from '../solo/read-definition.ts';
import type { Io } from './io.ts';

/** Where our agents lie in an image; elsewhere they are beside the rest of us. */
const INSTALLED_AGENTS = '/usr/lib/ocf/resource.d/bundlet';

/**
 * Replaces this process by pcmk-init with a daemon in solo mode, so that it reaps, restarts and ends in order as it does in a container.
 * @throws AgentError DEFINITION_INVALID; DAEMON_UNREACHABLE where this is not the whole of Bundlet
 */
export async function becomeSolo(
  file: string,
  { port, resume, log }: { readonly port?: string; readonly resume?: boolean; readonly log?: string },
  io: Io,
): Promise<never> {
  const path = resolve(io.cwd, file);
  // Here, so that a mistake in it is told in one line, and not in the log of a daemon.
  await readDefinitionFile(path);
  const init = resolve(ownFolder(), '../../sbin/pcmk-init');
  if (!existsSync(init)) {
    throw new AgentError(
      'DAEMON_UNREACHABLE',
      `Expected pcmk-init at ${init}, there is none: solo mode needs the image or the tarball of Bundlet, the npm package has no daemon`,
    );
  }
  const env = {
    ...(existsSync(INSTALLED_AGENTS) ? {} : { OCF_ROOT: resolve(ownFolder(), '../ocf') }),
    ...io.env,
    BUNDLET_SOLO: path,
    PCMK_remote_pid1: 'full',
    ...(resume === true ? { BUNDLET_SOLO_RESUME: 'yes' } : {}),
    ...(log === undefined ? {} : { BUNDLET_LOG_FORMAT: log }),
  };
  const args = port === undefined ? [] : ['--port', port];
  process.execve?.(init, [init, ...args], definedOnly(env));
  throw new AgentError('NOT_SUPPORTED', 'Expected Node 24 or newer, which can replace a process');
}

const definedOnly = (env: Io['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
