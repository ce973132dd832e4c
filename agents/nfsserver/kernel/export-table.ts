import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';
import { type Entry, entriesOf } from './entries.ts';
import { outcome, runOrFail } from './programs.ts';
import { readRecord, recordExports } from './record.ts';
import { NFS_UTILS_DIRECTORY } from './state-directory.ts';

/** How long exportfs(8) may take to withdraw what no server serves any more: names that nobody resolves. */
const WITHDRAW_MS = 5000;

/** Address by which this machine reaches its own server. */
export const ownAddress = ({ params }: NfsContext): string => params.bind_address ?? '127.0.0.1';

/** What the parameters want in the kernel's table. */
export const wantedEntries = (context: NfsContext): readonly Entry[] =>
  entriesOf(context.params, ownAddress(context));

/**
 * Exports what `/etc/exports` and the parameters name; those of an older start that are not wanted any more go.
 * @throws AgentFailure ERR_INSTALLED, ERR_GENERIC
 */
export async function exportAll(context: NfsContext): Promise<void> {
  const wanted = wantedEntries(context);
  const names = wanted.map(({ name }) => name);
  const old = (await readRecord(context))?.exports ?? [];
  await recordExports(context, [...new Set([...old, ...names])]);
  if (await hasSystemExports()) {
    await runOrFail(context, 'exportfs', ['-a']);
  }
  for (const { name, options } of wanted) {
    await runOrFail(context, 'exportfs', ['-i', '-o', options, name]);
  }
  const gone = old.filter((name) => !names.includes(name));
  if (gone.length > 0) {
    await runOrFail(context, 'exportfs', ['-u', ...gone]);
  }
  await recordExports(context, names);
}

/**
 * Withdraws our exports after the server has stopped: before, its clients would get errors in place of waiting. Without
 * exports of our own all were those of `/etc/exports`.
 */
export async function withdrawAll(context: NfsContext, recorded: readonly string[]): Promise<void> {
  const exportfs = await findProgram('exportfs', context.env);
  const table = await readFile(join(NFS_UTILS_DIRECTORY, 'etab'), 'utf8').catch(() => '');
  if (exportfs === undefined || table.trim() === '') {
    return;
  }
  const which = recorded.length === 0 || (await hasSystemExports()) ? ['-a', '-u'] : ['-u', ...recorded];
  for (const args of [which, ['-f']]) {
    const result = await context.run({ path: exportfs, args, timeoutMs: WITHDRAW_MS });
    if (result.code !== 0) {
      // Nothing serves them, and the next start makes the table anew.
      context.log.warn(`exportfs ${args[0]} left something in its table: ${outcome(result)}`);
    }
  }
}

/** Whether the administrator has exports of his own [exports(5)]. */
async function hasSystemExports(): Promise<boolean> {
  const folder = '/etc/exports.d';
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.exports'));
  for (const file of ['/etc/exports', ...files.map((name) => join(folder, name))]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.split('\n').some((line) => /^\s*[^#\s]/.test(line))) {
      return true;
    }
  }
  return false;
}
