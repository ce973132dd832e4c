import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);

/** Types for other people's programs, as a project of tsc tells them. */
export async function emitDeclarations(project: string, folder: string): Promise<void> {
  const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '--project', project, '--outDir', folder]).catch(
    (error: { stdout?: string }) => {
      throw new Error(`Expected declarations of ${project}, got ${error.stdout ?? String(error)}`);
    },
  );
}
