import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { run } from '../cluster/command.ts';
import { until } from '../cluster/wait.ts';

const root = resolve(import.meta.dirname, '../../build/root');

/** Ports of this machine that lead to the guest. */
export const PORTS = {
  CTL_PORT: process.env['CTL_PORT'] ?? '17600',
  NFS_PORT: process.env['NFS_PORT'] ?? '12650',
  MOUNT_PORT: process.env['MOUNT_PORT'] ?? '12651',
} as const;

/** Programs that the cases use in the guest, besides those of the test bed. */
const MORE_PROGRAMS = 'setpriv unshare nsenter flock fuser';

/** The emulator has no help of the processor, and the machine may be busy. */
const BOOT_SECONDS = 180;

const LIB = 'usr/lib/bundlet';
const AGENT = 'usr/lib/ocf/resource.d/bundlet/nfsserver';

/** What a command in the guest did. */
export interface Outcome {
  readonly status: number;
  /** Standard output and error. */
  readonly output: string;
}

/** The emulated machine. */
export class Guest {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Makes what is missing, and boots it. */
  static async boot(testbed: string, home: string, signal: AbortSignal): Promise<Guest> {
    await mkdir(home, { recursive: true });
    const isMade = await stat(join(home, 'initrd.cpio')).catch(() => undefined);
    if (isMade === undefined) {
      const env = { EXTRA_BINS: `${MORE_PROGRAMS} ${join(root, LIB, 'node')}` };
      const made = await run(join(testbed, 'build-initramfs.sh'), [home], { env, signal });
      if (made.exitCode !== 0) {
        throw new Error(`Expected the guest's files to be made, got status ${made.exitCode}\n${made.all}`);
      }
    }
    const overlay = await makeOverlay(home);
    const console = await open(join(home, 'console'), 'w');
    const args = ['-d', home, '-m', '1200', '-o', overlay];
    const child = spawn(join(testbed, 'run-vm.sh'), args, {
      env: { ...process.env, ...PORTS },
      stdio: ['ignore', console.fd, console.fd],
    });
    await console.close();
    const guest = new Guest(child);
    try {
      await until({ what: 'the guest is up', seconds: BOOT_SECONDS, signal, stepMs: 200 }, async () => {
        const text = await readFile(join(home, 'console'), 'latin1');
        if (child.exitCode !== null) {
          throw new Error(`Expected the guest to boot, got the emulator's status ${child.exitCode}\n${text}`);
        }
        return text.includes('TESTBED ready') ? true : undefined;
      });
    } catch (error) {
      await guest.end();
      throw error;
    }
    return guest;
  }

  /** Runs shell text there. */
  sh(text: string, limitMs = 120_000): Promise<Outcome> {
    const mark = `__STATUS_${process.pid}_${Math.random().toString(36).slice(2)}`;
    return new Promise((resolveWith, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        port: Number(PORTS.CTL_PORT),
        signal: AbortSignal.timeout(limitMs),
      });
      let output = '';
      socket.setEncoding('utf8');
      socket.on('data', (more: string) => {
        output += more;
      });
      socket.once('error', (error) => reject(new Error(`${error.message}, in: ${text}\n${output}`)));
      socket.once('close', () => {
        const [before = '', after] = output.split(`${mark} `);
        const status = Number.parseInt(after ?? '', 10);
        Number.isNaN(status)
          ? reject(new Error(`Expected the guest to answer, got: ${output}, to: ${text}`))
          : resolveWith({ status, output: before });
      });
      socket.write(`( ${text}\n)\necho "${mark} $?"\nexit\n`);
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((done) => this.#child.once('exit', done));
      this.#child.kill('SIGKILL');
      await ended;
    }
  }
}

/** Our agent, and names for the addresses: sm-notify wants them. */
async function makeOverlay(home: string): Promise<string> {
  const overlay = join(home, 'overlay');
  await rm(overlay, { recursive: true, force: true });
  for (const path of [`${LIB}/run-agent.cjs`, `${LIB}/agents/nfsserver.cjs`, AGENT]) {
    await mkdir(join(overlay, path, '..'), { recursive: true });
    await cp(join(root, path), join(overlay, path));
  }
  await symlink('/usr/sbin/node', join(overlay, LIB, 'node'));
  await mkdir(join(overlay, 'etc'));
  await writeFile(join(overlay, 'etc/hosts'), '127.0.0.1 localhost\n10.0.2.15 nfs1\n10.0.2.16 nfs2\n');
  return overlay;
}
