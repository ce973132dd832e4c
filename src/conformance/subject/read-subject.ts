import { systemdMetadata } from '../../standards/metadata.ts';
import type { JobRunner, RunSettings } from '../job.ts';
import type { Run } from '../run.ts';
import type { Cases, Metadata, Subject } from '../subject.ts';
import type { FoundAgent } from './find-agent.ts';
import { readHeaderText } from './lsb-header-text.ts';
import { METADATA_CHECK } from './metadata-check.ts';

/** How long the metadata is waited for, in ms [OCF-1.1 meta-data has no timeout of its own before it is read]. */
const LIMIT_MS = 60_000;

/** What a subject is made with. */
export interface SubjectParts {
  readonly agent: FoundAgent;
  readonly cases: Cases;
  readonly settings: RunSettings;
  readonly runner: JobRunner;
  /** Reads the metadata; what is no metadata gives none. */
  readonly readMetadata: (text: string) => { readonly metadata?: Metadata };
}

/** Asks an agent for its metadata, in a place like that of the checks. An agent that gives none is a subject, too. */
export async function readSubject(parts: SubjectParts, signal: AbortSignal): Promise<Subject> {
  const { agent, cases, settings, runner, readMetadata } = parts;
  const unasked: Subject = { ...agent, cases, metadataText: '' };
  if (agent.class === 'lsb') {
    return { ...unasked, metadataText: await readHeaderText(agent.path) };
  }
  if (agent.class === 'systemd') {
    // What a cluster knows of it, the timeouts among that; the description, which systemd has, does not matter.
    return { ...unasked, ...described(systemdMetadata(agent.type, ''), readMetadata) };
  }
  if (agent.class === 'alert') {
    return unasked;
  }
  const job = { subject: unasked, check: METADATA_CHECK.id, settings, limitMs: LIMIT_MS };
  let run: Run | undefined;
  const result = await runner.run(
    job,
    (ended) => {
      run = ended;
    },
    signal,
  );
  if (result.verdict === 'broken') {
    throw new Error(result.reason);
  }
  return { ...unasked, ...described(run?.stdout ?? '', readMetadata) };
}

function described(
  metadataText: string,
  readMetadata: SubjectParts['readMetadata'],
): Pick<Subject, 'metadataText' | 'metadata'> {
  const { metadata } = readMetadata(metadataText);
  return { metadataText, ...(metadata === undefined ? {} : { metadata }) };
}
