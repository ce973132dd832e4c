import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program, ProgramResult } from '../../../../../agents/kit/index.ts';
import { readParameters } from '../../../../../agents/kit/read-parameters.ts';
import { type NfsContext, parameters } from '../../../../../agents/nfsserver/parameters.ts';

/** Values of parameters as the agent gets them. */
export function paramsOf(given: Readonly<Record<string, string>>): NfsContext['params'] {
  const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [`OCF_RESKEY_${name}`, value]));
  const { values, faults } = readParameters(parameters, { env, instance: 'nfs' });
  if (faults.length > 0) {
    throw new Error(faults.join('; '));
  }
  return values as NfsContext['params'];
}

/** A context whose programs only seem to run. */
export interface FakeContext {
  readonly context: NfsContext;
  /** Below it are all files. */
  readonly folder: string;
  readonly ran: Program[];
  readonly logged: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

const SUCCESS: ProgramResult = { code: 0, isTimedOut: false, stdout: '', stderr: '' };

/** Every program answers as `answer` says; default: success. */
export async function fakeContext(
  given: Readonly<Record<string, string>> = {},
  answer: (program: Program) => Partial<ProgramResult> = () => ({}),
): Promise<FakeContext> {
  const folder = await mkdtemp(join(tmpdir(), 'bundlet-nfs-'));
  const ran: Program[] = [];
  const logged: string[] = [];
  const log = (text: string): void => void logged.push(text);
  const context: NfsContext = {
    params: paramsOf({ nfs_shared_infodir: folder, ...given }),
    isGiven: (name) => name in given,
    action: 'start',
    instance: 'nfs',
    isProbe: false,
    checkLevel: 0,
    mayLookAtHost: true,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    log: { debug: log, info: log, warn: log, error: log },
    clock: {
      nowMs: () => performance.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(resolve, ms);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        }),
    },
    leftMs: () => 1000,
    signal: new AbortController().signal,
    run: async (program) => {
      ran.push(program);
      return { ...SUCCESS, ...answer(program) };
    },
    waitFor: async (what, condition) => {
      const found = await condition();
      if (found === undefined) {
        throw new Error(what);
      }
      return found;
    },
    stateDirectory: async () => folder,
    cache: new Map(),
  };
  return { context, folder, ran, logged, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
