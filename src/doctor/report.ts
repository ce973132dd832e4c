import { readdir, readFile } from 'node:fs/promises';
import { release, totalmem, version } from 'node:os';
import { VERSION } from '../config/version.ts';
import type { ControlClient } from '../control/ask/control-client.ts';
import { messageOf } from '../errors/agent-error.ts';
import { shownParameters } from '../standards/masked.ts';
import type { TarEntry } from './tar.ts';

/** For one answer of the daemon, in ms. */
const ANSWER_MS = 20_000;

/** Settings of ours and of Pacemaker; others may be anything. */
const SETTINGS = /^(PCMK|HA|BUNDLET|OCF)_/;

/**
 * What somebody needs who is to help, a file each. What can't be had is told in its place. Secrets are not in it: the daemon has masked
 * parameters and outputs, key files are not read, and of processes only their names are told.
 */
export async function collectReport(
  client: ControlClient | undefined,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly TarEntry[]> {
  const entries: TarEntry[] = [];
  const add = async (name: string, make: () => Promise<string> | string): Promise<void> => {
    const text = await Promise.resolve()
      .then(make)
      .catch((error: unknown) => `could not be had: ${messageOf(error)}\n`);
    entries.push({ name, bytes: Buffer.from(text) });
  };
  const limit = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  await add('about.json', () =>
    json({
      bundlet: VERSION,
      node: process.version,
      kernel: `${release()} ${version()}`,
      memoryBytes: totalmem(),
      madeAt: new Date().toISOString(),
    }),
  );
  await add('settings.json', () => json(settingsOf(env)));
  await add('os-release.txt', () => readFile('/etc/os-release', 'utf8'));
  await add('limits.txt', () => readFile('/proc/self/limits', 'utf8'));
  await add('mounts.txt', () => readFile('/proc/self/mountinfo', 'utf8').then(withoutOptions));
  await add('processes.txt', processes);
  if (client !== undefined) {
    await add('status.json', async () => json(await client.ask('status', {}, limit())));
    await add('history.json', async () =>
      json(await client.ask('history', { limit: 0, failuresOnly: false }, limit())),
    );
    await add('checks.json', async () => json(await client.ask('checks', {}, limit())));
    await add('metrics.txt', async () => (await client.ask('metrics', {}, limit())).text);
    await add('events.ndjson', async () => {
      const lines: string[] = [];
      for await (const event of client.watch({ backlog: 500, level: 'info', follow: false }, limit())) {
        lines.push(JSON.stringify({ ...event, fields: JSON.parse(event.fields) as unknown }));
      }
      return lines.map((line) => `${line}\n`).join('');
    });
  }
  return entries;
}

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

function settingsOf(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const ours = Object.entries(env).filter(
    (entry): entry is [string, string] => SETTINGS.test(entry[0]) && entry[1] !== undefined,
  );
  return shownParameters(new Map(ours));
}

/** Options of mounts may hold credentials of network file systems. */
const withoutOptions = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      line
        .split(' - ')
        .map((part, index) => (index === 0 ? part : part.split(' ').slice(0, 2).join(' ')))
        .join(' - '),
    )
    .join('\n');

async function processes(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const end = text.lastIndexOf(')');
      const [state = '?', parent = '?'] = text.slice(end + 2).split(' ');
      return text === ''
        ? ''
        : `${pid.padStart(7)} ${parent.padStart(7)} ${state} ${text.slice(text.indexOf('(') + 1, end)}\n`;
    }),
  );
  return `    PID  PARENT S NAME\n${lines.join('')}`;
}
