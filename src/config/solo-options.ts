import { isBoolean, isTrue } from './boolean.ts';
import type { Environment } from './environment.ts';
import type { Notes } from './note.ts';

/** What solo mode is to do. */
export interface SoloSettings {
  /** The definition of what is to be kept running; absent: a cluster tells that. */
  readonly soloFile?: string;
  /** Whether solo mode takes over again when the cluster that it yielded to has left. */
  readonly soloResumes: boolean;
}

export function readSoloOptions(env: Environment, notes: Notes): SoloSettings {
  const file = env['BUNDLET_SOLO'] ?? '';
  const resume = env['BUNDLET_SOLO_RESUME'] ?? '';
  if (resume !== '' && !isBoolean(resume)) {
    const problem = `Expected yes or no, got "${resume}"; using no`;
    notes.push({ setting: 'BUNDLET_SOLO_RESUME', problem });
  }
  return { soloResumes: resume !== '' && isTrue(resume), ...(file === '' ? {} : { soloFile: file }) };
}
