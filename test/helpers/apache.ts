import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AgentContext } from '../../agents/kit/index.ts';

export const APACHE = '/usr/sbin/apache2';
/** CI always has it. */
export const hasApache = existsSync(APACHE);
/** Without an MPM httpd answers nothing. */
export const MPM = 'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so';

/** What `readConfiguration` needs of a context; counts the programs that are run. */
export class FakeContext {
  readonly cache = new Map<string, unknown>();
  readonly instance = 'web';
  readonly env: Record<string, string>;
  runs = 0;
  readonly leftMs = (): number => 20_000;

  constructor(env: Record<string, string> = { PATH: '/usr/bin:/bin', HOME: '/' }) {
    this.env = env;
  }

  readonly run: AgentContext<Record<never, never>>['run'] = ({ path, args = [], env = this.env }) => {
    this.runs += 1;
    return new Promise((resolve) => {
      execFile(path, args, { env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        resolve({
          isTimedOut: false,
          stdout,
          stderr,
          ...(typeof code === 'number' ? { code } : { errno: String(code) }),
        });
      });
    });
  };
}

/** A folder with files in it. */
export class Tree implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'bundlet apache-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
    }
  }

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll('@', this.path));
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
