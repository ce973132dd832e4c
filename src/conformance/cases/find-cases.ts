import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { launcherText } from '../../process/own-agents.ts';
import { CASES_LIMITS } from './limits.ts';

/** Agents of one provider share a folder, so that `cases.yaml` would be everybody's there. */
const SHARED_FOLDER = /\/resource\.d\/[^/]+$/;
/** The line by which a file that makes one of our modules an agent finds its libraries. */
const WAY_TO_LIBRARY = /^lib=\$\{0%\/\*\}\/([./\w]+)$/m;
const LAUNCHER_LIMIT_BYTES = 1024;

/**
 * The file of cases that belongs to an agent's file: `NAME.cases.yaml` beside it, else `cases.yaml` where the folder is not shared with
 * other agents; of our own agents the one beside their module. Undefined: there is none.
 */
export async function findCases(agentPath: string): Promise<string | undefined> {
  const folder = dirname(agentPath);
  const beside = [
    join(folder, `${basename(agentPath)}.cases.yaml`),
    ...(SHARED_FOLDER.test(folder) ? [] : [join(folder, 'cases.yaml')]),
  ];
  const own = await ofOwnAgent(agentPath);
  for (const path of own === undefined ? beside : [...beside, own]) {
    if (await isThere(path)) {
      return path;
    }
  }
  return undefined;
}

/** Where the cases of one of ours are, while its file is as it was installed. */
async function ofOwnAgent(agentPath: string): Promise<string | undefined> {
  const text = await readStart(agentPath, LAUNCHER_LIMIT_BYTES).catch(() => '');
  const [, way] = WAY_TO_LIBRARY.exec(text) ?? [];
  const name = basename(agentPath);
  return way !== undefined && text === launcherText({ name, provider: '', path: '', way })
    ? join(dirname(agentPath), way, 'agents', `${name}.cases.yaml`)
    : undefined;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Text of a file, at most one byte more than a file of cases may have: too much is seen, and not read.
 * @throws Error of the file system; EINVAL for what is no file
 */
export async function readCasesText(path: string): Promise<string> {
  return await readStart(path, CASES_LIMITS.fileBytes + 1);
}

async function readStart(path: string, limitBytes: number): Promise<string> {
  // Without waiting for a writer, if it is a pipe.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) {
      throw Object.assign(new Error('it is no file'), { code: 'EINVAL' });
    }
    const buffer = Buffer.alloc(limitBytes);
    for (let length = 0; ; ) {
      const { bytesRead } = await file.read(buffer, length, limitBytes - length);
      length += bytesRead;
      if (bytesRead === 0) {
        return buffer.toString('utf8', 0, length);
      }
    }
  } finally {
    await file.close();
  }
}
