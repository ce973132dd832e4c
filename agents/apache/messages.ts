import { open } from 'node:fs/promises';
import type { ProgramResult } from '../kit/index.ts';
import { launchWords } from './command-line.ts';
import type { ApacheConfiguration } from './config/index.ts';
import type { Context } from './parameters.ts';

/** Lines that httpd writes in any case: it does not know its own name; the rest of a configuration is fine. */
const NOISE = /AH00558|^Syntax OK$|^\s*$/;

const LENGTH_LIMIT = 500;
const TAIL_BYTES = 4096;

/** What httpd said, in one line; empty if it said nothing. */
export function messageOf({ stdout, stderr }: Pick<ProgramResult, 'stdout' | 'stderr'>): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => !NOISE.test(line));
  return shorten(lines.map((line) => line.trim()).join('; '));
}

/** The last line of its error log that tells of a fault; empty if there is none. httpd knows where that is. */
export async function lastLogLine(context: Context, configuration: ApacheConfiguration): Promise<string> {
  const args = [...launchWords(configuration), '-t', '-D', 'DUMP_RUN_CFG'];
  const { stdout } = await context.run({ path: configuration.httpd, args, env: configuration.env });
  const path = /^Main ErrorLog: "(.*)"$/m.exec(stdout)?.[1];
  if (path === undefined || !path.startsWith('/')) {
    return '';
  }
  const lines = (await tail(path)).split('\n').filter((line) => /[:[](emerg|alert|crit|error)\]/.test(line));
  return shorten(lines.at(-1) ?? '');
}

async function tail(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const position = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(TAIL_BYTES), position });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return ''; // piped to a program, or to the system's log
  }
}

const shorten = (text: string): string =>
  text.length > LENGTH_LIMIT ? `${text.slice(0, LENGTH_LIMIT)}…` : text;
