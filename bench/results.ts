import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { ROOT } from './build.ts';
import type { Machine } from './machine.ts';
import { GROUPS } from './options.ts';
import type { Row } from './report.ts';
import type { Session } from './session.ts';

const FOLDER = join(ROOT, 'bench', 'results');

/** The commit that was measured, or `dirty`; BUNDLET_REVISION says it where there is no git. */
const revision = async (): Promise<string> => {
  if (process.env.BUNDLET_REVISION !== undefined) {
    return process.env.BUNDLET_REVISION;
  }
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    const { stdout, exitCode } = await execa('git', args, { cwd: ROOT, reject: false });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  const changes = await git('--no-optional-locks', 'status', '--porcelain', '--', '.', ':!bench/results');
  const commit = await git('rev-parse', '--short', 'HEAD');
  return changes === '' && commit !== undefined ? commit : 'dirty';
};

/** Only a complete run with the full numbers goes to bench/results/; others where --out says. */
const targets = (session: Session, day: string, commit: string): readonly string[] => {
  const { out, quick, only } = session.options;
  if (out !== undefined) {
    return [resolve(out)];
  }
  const complete = !quick && only.length === GROUPS.length && session.failures.length === 0;
  return complete ? [join(FOLDER, `${day}-${commit}.json`), join(FOLDER, 'latest.json')] : [];
};

export const saveResults = async (
  session: Session,
  machine: Machine,
  table: readonly Row[],
): Promise<readonly string[]> => {
  const { out, quick, noiseCores, retries } = session.options;
  if (out === undefined && quick) {
    return [];
  }
  const date = new Date().toISOString();
  const commit = await revision();
  const files = targets(session, date.slice(0, 10), commit);
  const { plan, warnings, failures, runs } = session;
  const readings = Object.fromEntries(session.readings);
  const result = {
    ...{ version: 1, date, revision: commit, quick, noiseCores, retries, machine, plan },
    ...{ figures: table, readings, warnings, failures, runs },
  };
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  return files;
};
