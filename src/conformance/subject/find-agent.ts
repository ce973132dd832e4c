import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AgentError } from '../../errors/agent-error.ts';
import { ownFolder } from '../../process/own-place.ts';
import type { CheckedClass } from '../check.ts';
import type { Subject } from '../subject.ts';

/** What is known of an agent before it is asked. */
export type FoundAgent = Pick<Subject, 'class' | 'name' | 'type' | 'provider' | 'path' | 'interpreter'>;

/** Where agents are looked for. */
export interface AgentPlaces {
  /** Default of the product: `$OCF_ROOT`, else `/usr/lib/ocf`. */
  readonly ocfRoot: string;
  /** Folders with `PROVIDER/TYPE` of agents of our own, for those that the system does not have. */
  readonly ownFolders: readonly string[];
  /** Default of the product: `/etc/init.d`. */
  readonly initDirectory: string;
  /** What relative paths start from. */
  readonly workingDirectory: string;
}

/** Those of this machine. */
export function agentPlaces(
  env: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): AgentPlaces {
  const own = ownFolder();
  return {
    ocfRoot: env['OCF_ROOT'] ?? '/usr/lib/ocf',
    // Beside the bundle in an image, beside the image's tree in a checkout.
    ownFolders: [
      join(own, 'ocf/resource.d'),
      join(own, '../ocf/resource.d'),
      join(own, '../../../../ocf/resource.d'),
    ],
    initDirectory: '/etc/init.d',
    workingDirectory,
  };
}

const HOW = 'ocf:PROVIDER:TYPE, ocf:TYPE, lsb:NAME, systemd:NAME, alert:PATH, or the path of an OCF agent';
/** The provider of agents without one, as pcs and crmsh take it. */
const USUAL_PROVIDER = 'heartbeat';

/**
 * Finds the file of an agent by the name that people use.
 * @throws AgentError AGENT_NOT_FOUND, CONFIG_INVALID for what is no name at all
 */
export async function findAgent(name: string, places: AgentPlaces): Promise<FoundAgent> {
  const [prefix = '', ...rest] = name.split(':');
  const word = rest.join(':');
  switch (name.includes('/') && !name.startsWith('alert:') && !name.startsWith('lsb:') ? 'path' : prefix) {
    case 'ocf':
      return findOcf(name, rest, places);
    case 'lsb':
      return byPath(
        'lsb',
        name,
        word.includes('/') ? resolvePath(word, places) : join(places.initDirectory, word),
      );
    case 'alert':
      return byPath('alert', name, resolvePath(word, places));
    case 'systemd':
      return { class: 'systemd', name, type: word, path: '' };
    case 'path':
      return byPath('ocf', name, resolvePath(name, places));
    default:
      throw new AgentError('CONFIG_INVALID', `Expected ${HOW}, got '${name}'`, { labels: ['config'] });
  }
}

function resolvePath(path: string, { workingDirectory }: AgentPlaces): string {
  return resolve(workingDirectory, path);
}

async function findOcf(
  name: string,
  parts: readonly string[],
  { ocfRoot, ownFolders }: AgentPlaces,
): Promise<FoundAgent> {
  const [provider, type] = parts.length === 1 ? [USUAL_PROVIDER, parts[0]] : parts;
  if (!provider || !type || parts.length > 2) {
    throw new AgentError('CONFIG_INVALID', `Expected ocf:PROVIDER:TYPE, got '${name}'`, {
      labels: ['config'],
    });
  }
  const folders = [join(ocfRoot, 'resource.d'), ...ownFolders];
  for (const folder of folders) {
    const path = join(folder, provider, type);
    if ((await stat(path).catch(() => undefined))?.isFile() === true) {
      return { ...(await byPath('ocf', name, path)), provider, type };
    }
  }
  throw notFound(name, `a file ${provider}/${type} in ${folders[0]}`, 'none');
}

async function byPath(checked: CheckedClass, name: string, path: string): Promise<FoundAgent> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? 'an error');
  if (typeof stats === 'string') {
    throw notFound(name, `an agent at ${path}`, stats);
  }
  if (!stats.isFile() || (stats.mode & 0o111) === 0) {
    throw notFound(
      name,
      `${path} to be a program`,
      stats.isFile() ? 'a file that is not executable' : 'none',
    );
  }
  const interpreter = await interpreterOf(path);
  return {
    ...{ class: checked, name, path, type: basename(path) },
    ...(checked === 'ocf' ? { provider: basename(dirname(path)) } : {}),
    ...(interpreter === undefined ? {} : { interpreter }),
  };
}

function notFound(name: string, expected: string, got: string): AgentError {
  const message = `Expected ${expected} for ${name}, got ${got}`;
  return new AgentError('AGENT_NOT_FOUND', message, { labels: ['config'] });
}

/** The longest first line that the kernel reads [execve(2)]. */
const FIRST_LINE_BYTES = 256;

/** What stands behind `#!`; undefined for what is no script. */
async function interpreterOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    return undefined;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
    const [first = ''] = buffer.toString('utf8', 0, bytesRead).split('\n');
    return first.startsWith('#!') ? first.slice(2).trim() : undefined;
  } finally {
    await file.close();
  }
}
