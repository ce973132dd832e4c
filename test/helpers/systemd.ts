// A real systemd with a real bus, booted in namespaces of its own over this machine's root. Needs root, Debian's
// packages systemd and dbus, and cgroup v2; nothing of it touches the machine, which may well have no systemd running.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeCgroup, writableCgroups } from './cgroup.ts';
import { listTree, until } from './pid-namespace.ts';

const SCRIPT = join(import.meta.dirname, 'systemd-namespace.sh');
const CHECKOUT = join(import.meta.dirname, '../..');
const PROGRAMS = ['/lib/systemd/systemd', '/usr/bin/dbus-daemon'];

export interface Systemd extends AsyncDisposable {
  /** Its `/run`, seen from here; what a test needs inside goes there. */
  readonly run: string;
  readonly busAddress: string;
  /** `/run/systemd/system`: units and drop-ins. */
  readonly units: string;
  /** Runs a command inside; gives what it prints. */
  enter(...command: readonly string[]): Promise<string>;
  /** A property of a unit as systemctl shows it. */
  show(unit: string, property: string): Promise<string>;
  /** Writes units and has systemd read them. */
  install(units: Readonly<Record<string, string>>): Promise<void>;
}

/** Why there can be no systemd here, or undefined. */
export function whyNoSystemd(): string | undefined {
  if (process.getuid?.() !== 0) {
    return 'not root';
  }
  const missing = PROGRAMS.find((program) => !existsSync(program));
  if (missing !== undefined) {
    return `${missing} is missing, apt-get install systemd dbus`;
  }
  if (writableCgroups() === undefined) {
    return 'no writable cgroup v2';
  }
  const namespaces = spawnSync('unshare', ['--mount', '--pid', '--fork', '--cgroup', 'true']);
  return namespaces.status === 0 ? undefined : 'the kernel gives no namespaces';
}

/** The title of a group of tests that need systemd; where there is none it says why they are skipped. */
export function titled(title: string, why: string | undefined): string {
  return why === undefined ? title : `${title} (skipped: ${why})`;
}

/** Resolves when everything is started that the boot starts. */
export async function startSystemd(): Promise<Systemd> {
  const run = mkdtempSync(join(tmpdir(), 'bundlet-systemd-'));
  chmodSync(run, 0o755);
  const units = join(run, 'systemd/system');
  mkdirSync(units, { recursive: true });
  const cgroup = join(writableCgroups() ?? '', run.slice(run.lastIndexOf('/') + 1));
  const outer = spawn(SCRIPT, [run, cgroup, CHECKOUT], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [outer.stdout, outer.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = new Promise<void>((resolve) => outer.once('close', () => resolve()));
  let pid = 0;
  const enter = async (...command: readonly string[]): Promise<string> =>
    (await promisify(execFile)('nsenter', ['-t', String(pid), '-a', '--', ...command])).stdout.trim();
  const dispose = async (): Promise<void> => {
    outer.kill('SIGKILL');
    await ended;
    await until(() => removeCgroup(cgroup), `the end of everything in ${cgroup}`);
    rmSync(run, { recursive: true, force: true });
  };
  try {
    await until(
      () => existsSync(join(run, 'systemd/private')) && existsSync(join(run, 'dbus/system_bus_socket')),
      () => `a booted systemd, which said ${said}`,
    );
    pid = listTree(outer.pid ?? 0).find(({ parent }) => parent === outer.pid)?.pid ?? 0;
    // A degraded one has a unit of the machine that does not work here.
    await enter('systemctl', 'is-system-running', '--wait').catch(() => undefined);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    run,
    units,
    busAddress: `unix:path=${join(run, 'dbus/system_bus_socket')}`,
    enter,
    show: (unit, property) => enter('systemctl', 'show', '--value', '--property', property, unit),
    install: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(units, name), text);
      }
      await enter('systemctl', 'daemon-reload');
    },
    [Symbol.asyncDispose]: dispose,
  };
}
