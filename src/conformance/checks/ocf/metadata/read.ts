import { type MetadataReading, readMetadata } from '../../../metadata/read-metadata.ts';
import type { MetadataFault } from '../../../metadata/schema-faults.ts';
import type { Metadata, Subject } from '../../../subject.ts';
import type { Trial } from '../../../trial.ts';

/** Faults that are told one by one. */
const TOLD_LIMIT = 10;
const UNREADABLE = 'Its metadata can not be read: META-02 says why';

/** Why checks of what metadata says are not for this agent. */
export const skipUnlessReadable = ({ metadata }: Subject): string | undefined =>
  metadata === undefined ? UNREADABLE : undefined;

/** The metadata; `skipUnlessReadable` has made sure of it. */
export function metadataOf(trial: Trial): Metadata {
  return trial.subject.metadata ?? trial.skip(UNREADABLE);
}

/** The same as a document. */
export function documentOf(trial: Trial): Required<Pick<MetadataReading, 'root' | 'hasDoctype'>> {
  const { root, hasDoctype } = readMetadata(trial.subject.metadataText);
  return root === undefined ? trial.skip(UNREADABLE) : { root, hasDoctype };
}

/** Says all faults, the first of many one by one. */
export function failEach(trial: Trial, faults: readonly MetadataFault[]): void {
  for (const fault of faults.slice(0, TOLD_LIMIT)) {
    trial.fail(fault);
  }
  if (faults.length > TOLD_LIMIT) {
    trial.note(`${faults.length - TOLD_LIMIT} more of that kind`);
  }
}

/** Whether the API that the agent was written for is at least 1.1. */
export function isAtLeast11({ apiVersion }: Metadata): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 1);
}
