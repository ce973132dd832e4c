import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HELPERS, type HelperName } from '../helper-processes.ts';
import type { NfsContext } from '../parameters.ts';

/**
 * What a start is about to do, written before it does it: a stop finds all of it, also when the start was killed, and
 * leaves what was there before.
 */
export interface StartRecord {
  /** Must run while the server does. */
  readonly needed: readonly HelperName[];
  /** Were started by us. */
  readonly started: readonly HelperName[];
  /** Where we mounted something. */
  readonly mounts: readonly string[];
  /** What we exported, as `client:path`. */
  readonly exports: readonly string[];
}

const NOTHING: StartRecord = { needed: [], started: [], mounts: [], exports: [] };

const fileOf = async (context: NfsContext): Promise<string> =>
  join(await context.stateDirectory(), 'kernel.json');

/** The last start's; undefined if there was none, or nobody can read it. */
export async function readRecord(context: NfsContext): Promise<StartRecord | undefined> {
  try {
    return decode(JSON.parse(await readFile(await fileOf(context), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      context.log.warn(`Going on without the record of the last start: ${(error as Error).message}`);
    }
    return undefined;
  }
}

/** Adds to it; what is written is whole at any moment. */
export async function addToRecord(context: NfsContext, more: Partial<StartRecord>): Promise<void> {
  const old = (await readRecord(context)) ?? NOTHING;
  const merged: StartRecord = {
    needed: union(old.needed, more.needed),
    started: union(old.started, more.started),
    mounts: union(old.mounts, more.mounts),
    exports: union(old.exports, more.exports),
  };
  await write(context, merged);
}

/** Has it that these, and no others, are exported. */
export async function recordExports(context: NfsContext, exports: readonly string[]): Promise<void> {
  await write(context, { ...((await readRecord(context)) ?? NOTHING), exports });
}

/** Nothing is left of the start. */
export async function removeRecord(context: NfsContext): Promise<void> {
  await rm(await fileOf(context), { force: true });
}

async function write(context: NfsContext, record: StartRecord): Promise<void> {
  const file = await fileOf(context);
  await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`);
  await rename(`${file}.new`, file);
}

function decode(value: unknown): StartRecord {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const helpers = (name: string) => HELPERS.filter((helper) => strings(fields[name]).includes(helper));
  return {
    needed: helpers('needed'),
    started: helpers('started'),
    mounts: strings(fields['mounts']),
    exports: strings(fields['exports']),
  };
}

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const union = <T>(some: readonly T[], more: readonly T[] = []): readonly T[] => [
  ...new Set([...some, ...more]),
];
