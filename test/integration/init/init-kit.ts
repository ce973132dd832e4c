// What the tests of pcmk-init share: the program and its fixtures, built once a file into a directory of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { type NamespaceOptions, type PidNamespace, startInPidNamespace, until } from '../../helpers/pid-namespace.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
export const FIXTURES = join(ROOT, 'test/fixtures/init');

/** A directory of this file's tests; it is removed at the end. */
export const workDir = mkdtempSync(join(tmpdir(), 'pcmk-init-test-'));
afterAll(() => rmSync(workDir, { recursive: true, force: true }));

/** Builds pcmk-init; another name with other flags makes a variant. */
export function buildInit(name = 'pcmk-init', flags = ''): string {
  const out = join(workDir, name);
  execFileSync(join(ROOT, 'init/build.sh'), [out], { env: { ...process.env, CFLAGS: flags } });
  return out;
}

/** Compiles `test/fixtures/init/NAME.c`. */
export function buildFixture(name: string): string {
  const out = join(workDir, name);
  execFileSync('gcc', ['-O1', '-Wall', '-Werror', '-o', out, join(FIXTURES, `${name}.c`)]);
  return out;
}

export function fixture(name: string): string {
  return join(FIXTURES, name);
}

export interface InitOptions extends NamespaceOptions {
  readonly init: string;
  readonly daemon: string;
  readonly args?: readonly string[];
}

/** The environment of all tests: no env file of this machine, no log file. */
export function initEnv(daemon: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { BUNDLET_DAEMON: daemon, BUNDLET_INIT_ENV_FILE: '/nonexistent', PCMK_logfile: 'none', ...env };
}

/** True once the process takes its signals by itself. Before, a PID 1 without handlers loses each of them. */
function hasBlockedSignals(pid: number): boolean {
  try {
    return /^SigBlk:\t[^0]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return true; // it has ended already
  }
}

/** pcmk-init as PID 1 with a daemon of the test. Resolves as soon as a signal to it can't be lost. */
export async function startInit({ init, daemon, args = [], env, ...rest }: InitOptions): Promise<PidNamespace> {
  const box = await startInPidNamespace([init, ...args], { ...rest, env: initEnv(daemon, env) });
  await until(() => hasBlockedSignals(box.initPid), 'pcmk-init blocks all signals');
  return box;
}

/** The lines that pcmk-init wrote, without its name. */
export function initLines(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('pcmk-init: '))
    .map((line) => line.slice('pcmk-init: '.length));
}
