// The package of npm, as somebody gets it who has Node and nothing else: packed, installed without a network, run.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const LIMIT_MS = 300_000;
/** Measured: 0.73 MB. */
const BUDGET_BYTES = 1_000_000;

const AGENT = `#!/bin/sh
case $1 in
start) touch /run/mine ;;
stop) rm -f /run/mine ;;
monitor) [ -e /run/mine ] || exit 7 ;;
meta-data) cat <<END
<resource-agent name="mine.sh" version="1"><version>1.1</version><parameters/><actions>
<action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/><action name="meta-data" timeout="5s"/>
</actions></resource-agent>
END
;;
*) exit 3 ;;
esac
`;

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the package of npm', () => {
  let folder = '';
  let tarball = '';
  /** By the Node that runs this test, and with no network to ask. */
  const run = (program: string, words: readonly string[], cwd: string): Promise<Ended> => {
    const env = { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false', NO_COLOR: '1' };
    return new Promise((done) => {
      execFile(program, words, { cwd, env }, (error, stdout, stderr) =>
        done({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bundlet-package-'));
    const words = ['pack', join(CHECKOUT, 'build/package'), '--pack-destination', folder, '--silent'];
    expect((await run('npm', words, folder)).code).toBe(0);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
    writeFileSync(join(folder, 'mine.sh'), AGENT, { mode: 0o755 });
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is small', () => {
    expect(statSync(tarball).size).toBeLessThan(BUDGET_BYTES);
  });

  it(
    'is run by npx without being installed',
    async () => {
      // By a relative path: npx takes an absolute one for a program.
      const words = [
        '--yes',
        `./${basename(tarball)}`,
        'conformance',
        './mine.sh',
        '--only',
        'ACT-03,ACT-07',
      ];
      const { code, stdout } = await run('npx', words, folder);
      expect([code, stdout]).toEqual([0, expect.stringContaining('\n2 passed in ')]);
    },
    LIMIT_MS,
  );

  it(
    'is installed as one file, and knows our agents with their cases',
    async () => {
      const app = join(folder, 'app');
      mkdirSync(app);
      copyFileSync(join(folder, 'mine.sh'), join(app, 'mine.sh'));
      const installed = await run('npm', ['install', '--prefix', app, '--ignore-scripts', tarball], app);
      expect(installed.code).toBe(0);
      const modules = readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'));
      expect(modules).toEqual(['bundlet']);
      const bundlet = join(app, 'node_modules/.bin/bundlet');
      const only = ['--only', 'ACT-04,CASE-trouble-as-told'];
      const { code, stdout } = await run(bundlet, ['conformance', 'ocf:bundlet:dummy', ...only], app);
      expect([code, stdout]).toEqual([0, expect.stringContaining('\n2 passed in ')]);
    },
    LIMIT_MS,
  );
});
