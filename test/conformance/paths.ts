import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The program: `npm run build` makes it. */
export const BUNDLET = join(ROOT, 'build/bundlet');
/** The good agent and the broken ones. */
export const SEED_FOLDER = join(ROOT, 'test/fixtures/conformance');
/** Where reports of whole runs are kept between the scripts of this folder; deleting it makes them run again. */
export const REPORT_FOLDER = join(ROOT, 'build/conformance-reports');
export const DOC_FOLDER = join(ROOT, 'docs/conformance');

const CASES_FOLDER = join(import.meta.dirname, 'debian');
const AGENT_FOLDER = '/usr/lib/ocf/resource.d';

/** An agent of Debian's packages, with the cases that it runs with. */
export interface DebianAgent {
  /** `heartbeat:apache`. */
  readonly name: string;
  readonly path: string;
  readonly casesFile: string;
  readonly reportFile: string;
}

/** Those that need nothing but their own service, in order; of these the named ones, if any are named. */
export async function debianAgents(wanted: readonly string[] = []): Promise<readonly DebianAgent[]> {
  const agents: DebianAgent[] = [];
  for (const provider of ['heartbeat', 'pacemaker']) {
    const files = (await readdir(join(CASES_FOLDER, provider))).toSorted();
    for (const type of files.map((file) => file.replace(/\.yaml$/, ''))) {
      agents.push({
        name: `${provider}:${type}`,
        path: join(AGENT_FOLDER, provider, type),
        casesFile: join(CASES_FOLDER, provider, `${type}.yaml`),
        reportFile: join(REPORT_FOLDER, `${provider}-${type}.json`),
      });
    }
  }
  return wanted.length === 0 ? agents : agents.filter(({ name }) => wanted.includes(name));
}
