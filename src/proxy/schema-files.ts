import { chmod, mkdir, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../errors/agent-error.ts';
import { compareVersions } from '../protocol/values.ts';
import { isSchemaName, type SchemaFile } from './schema-answer.ts';

const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;

/** What a file is called while it is written; nothing reads files of such names. */
const UNFINISHED = '.unfinished';

const VERSIONED = /^pacemaker-(\d+\.\d+)\.rng$/;

/** The newest schema that came with Pacemaker's tools, as `pacemaker-3.9`; undefined where there is none. */
export async function newestInstalled(directory: string): Promise<string | undefined> {
  const versions = (await namesIn(directory)).flatMap((name) => VERSIONED.exec(name)?.[1] ?? []);
  const newest = versions.sort(compareVersions).at(-1);
  return newest === undefined ? undefined : `pacemaker-${newest}`;
}

/**
 * The directory of fetched schemas; whatever it had of them goes first, because they may be of another cluster
 * [protocol 6.9]. Other files and directories in it are left alone.
 */
export class SchemaDirectory {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Makes it where it is missing, and empties it.
   * @throws AgentError CONFIG_INVALID if it is the directory of the installed ones
   */
  async prepare(installed: string): Promise<void> {
    // Not under our umask, which would take it from the users of the tools.
    if ((await mkdir(this.#path, { recursive: true })) !== undefined) {
      await chmod(this.#path, DIRECTORY_MODE);
    }
    if ((await realpath(this.#path)) === (await realpath(installed))) {
      throw new AgentError(
        'CONFIG_INVALID',
        `Expected PCMK_remote_schema_directory to be a directory of its own, got ${this.#path}, where the installed schemas are`,
        { labels: ['config'] },
      );
    }
    await this.empty();
  }

  /** Removes every schema file, finished or not. */
  async empty(): Promise<void> {
    for (const name of await namesIn(this.#path)) {
      if (isSchemaName(name.replace(UNFINISHED, ''))) {
        await rm(join(this.#path, name), { force: true });
      }
    }
  }

  /** Each file appears whole or not at all. */
  async write({ name, text }: SchemaFile): Promise<void> {
    const path = join(this.#path, name);
    const unfinished = `${path}${UNFINISHED}`;
    // Never through a link that lies there.
    await rm(unfinished, { force: true });
    await writeFile(unfinished, text, { mode: FILE_MODE, flag: 'wx' });
    await chmod(unfinished, FILE_MODE);
    await rename(unfinished, path);
  }
}

/** Names of the plain files in a directory; none if it isn't there. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
