import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import { basename } from 'node:path';
import { execa } from 'execa';
import type { Daemon } from './session.ts';

/** What has to be known about a machine to judge its figures. */
export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly arch: string;
  readonly kernel: string;
  readonly distribution: string;
  readonly memoryMb: number;
  readonly loadAverage: readonly number[];
  readonly benchNode: string;
  readonly reference: string;
  readonly ours: string;
}

const distribution = (): string => {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown'; // os-release is optional
  }
};

const version = async (path: string): Promise<string> => {
  const { stdout, exitCode } = await execa(path, ['--version'], {
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
    env: { PCMK_logfile: 'none', PCMK_logfacility: 'none' },
  });
  return exitCode === 0 ? (stdout.split('\n', 1)[0] ?? '') : 'unknown';
};

export const describeMachine = async (daemons: {
  readonly reference: Daemon;
  readonly ours: Daemon;
}): Promise<Machine> => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  arch: arch(),
  kernel: release(),
  distribution: distribution(),
  memoryMb: Math.round(totalmem() / 2 ** 20),
  loadAverage: loadavg().map((value) => Number(value.toFixed(2))),
  benchNode: process.version,
  // Names only: results are checked in, and no reader has this machine's folders.
  reference: `${await version(daemons.reference.path)} (${basename(daemons.reference.path)})`,
  ours: `${await version(daemons.ours.path)} (${basename(daemons.ours.path)})`,
});
