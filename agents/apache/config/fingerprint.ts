import { stat } from 'node:fs';

/** What tells whether a file, or the list of a directory, is still the same; of what is not there, why. */
export function fingerprint(path: string): Promise<string> {
  return new Promise((resolve) => {
    stat(path, (error, found) =>
      resolve(
        error === null ? `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}` : `${error.code}`,
      ),
    );
  });
}

/** Paths and what they were like when something was learnt from them. */
export type Fingerprints = ReadonlyMap<string, string>;

/** Whether everything is as it was. Costs a stat a path. */
export async function isUnchanged(fingerprints: Fingerprints): Promise<boolean> {
  const same = await Promise.all(
    [...fingerprints].map(async ([path, was]) => (await fingerprint(path)) === was),
  );
  return same.every(Boolean);
}
