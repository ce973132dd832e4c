import { access, constants, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure } from './agent-failure.ts';
import { OCF } from './exit-codes.ts';

const OWN_PLACE = '/run/bundlet/agents';

/** As Debian's shell library has it. */
const HA_RSCTMP = '/run/resource-agents';

/** Of errno: another user, or another mount, would get further. */
const PRIVILEGE = ['EACCES', 'EPERM', 'EROFS'];

/** Whose state it is. */
export interface StateOwner {
  readonly agent: string;
  readonly instance: string;
  readonly env: Readonly<Record<string, string>>;
  /** Nothing is written there but what is there already: without a place for it, the answer is where it would be. */
  readonly isToRead: boolean;
}

/**
 * Finds or makes the directory of `AgentContext.stateDirectory`.
 * @throws AgentFailure ERR_PERM or ERR_GENERIC if there is no place for it
 */
export async function makeStateDirectory({ agent, instance, env, isToRead }: StateOwner): Promise<string> {
  const places = [OWN_PLACE, env['HA_RSCTMP'] || HA_RSCTMP];
  const paths = places.map((place) => join(place, agent, fileName(instance)));
  const known = isToRead ? await findFirst(paths) : undefined;
  if (known !== undefined) {
    return known;
  }
  const faults: string[] = [];
  for (const path of paths) {
    try {
      await mkdir(path, { recursive: true, mode: 0o755 });
      await access(path, constants.W_OK);
      return path;
    } catch (error) {
      faults.push((error as NodeJS.ErrnoException).code ?? 'EIO');
    }
  }
  const [first] = paths;
  if (isToRead && first !== undefined) {
    return first;
  }
  const found = places.map((place, index) => `${faults[index]} at ${place}`).join(', ');
  throw new AgentFailure(
    faults.some((fault) => PRIVILEGE.includes(fault)) ? OCF.ERR_PERM : OCF.ERR_GENERIC,
    `Expected to make a directory for the state of ${instance}, got ${found}; mount a tmpfs at /run`,
  );
}

/** What is there, or can't be looked at: to take the next one instead would hide a state that others may read. */
async function findFirst(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const errno = await stat(path).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (errno !== 'ENOENT') {
      return path;
    }
  }
  return undefined;
}

/** A resource's id as the name of a file: `/` and what is odd in it encoded, and never `.` or `..`. */
export function fileName(instance: string): string {
  return encodeURIComponent(instance).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'));
}
