// What the tests of pcmk-init share: the program and its fixtures, built once a file into a directory of their own.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import {
  type NamespaceOptions,
  type PidNamespace,
  startInPidNamespace,
  until,
} from '../../helpers/pid-namespace.ts';

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

/**
 * True once pcmk-init has shown its name, which it does after it blocked all signals. Before, a PID 1 without
 * handlers loses each of them. (SigBlk in /proc would be the plain sign, but sigtimedwait makes it 0 while it waits.)
 */
function isListening(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('pcmk-init\0');
  } catch {
    return true; // it has ended already
  }
}

/** pcmk-init as PID 1 with a daemon of the test. Resolves as soon as a signal to it can't be lost. */
export async function startInit({
  init,
  daemon,
  args = [],
  env,
  ...rest
}: InitOptions): Promise<PidNamespace> {
  const box = await startInPidNamespace([init, ...args], { ...rest, env: initEnv(daemon, env) });
  await until(() => isListening(box.initPid) || !existsSync(`/proc/${box.initPid}`), 'pcmk-init listens');
  return box;
}

/** The lines that pcmk-init wrote, without its name. */
export function initLines(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('pcmk-init: '))
    .map((line) => line.slice('pcmk-init: '.length));
}
