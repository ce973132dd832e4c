import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMATS } from '../../../src/conformance/output/format-names.ts';
import type { RunEvent, RunReport } from '../../../src/conformance/result.ts';
import { schemaFaults } from '../../helpers/json-schema.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const PROGRAM = join(CHECKOUT, 'src/cli/bundlet.ts');
const SCHEMA = join(CHECKOUT, 'docs/conformance/report.schema.json');
/** Of sandboxes on a machine that has other things to do. */
const LIMIT_MS = 120_000;

/** Prints its secret wherever it can, never starts, and hangs if it is told to. */
const TALKER = `#!/bin/sh
if [ "$1" = meta-data ]; then
  cat <<END
<resource-agent name="talker" version="0.1"><version>1.1</version>
<parameters>
<parameter name="token" private="1"><content type="string"/></parameter>
<parameter name="text"><content type="string"/></parameter>
<parameter name="hangs"><content type="boolean"/></parameter>
</parameters>
<actions>
<action name="start" timeout="20"/><action name="stop" timeout="20"/>
<action name="monitor" timeout="20" interval="10"/><action name="meta-data" timeout="5"/>
</actions></resource-agent>
END
  exit 0
fi
echo "stdout: $OCF_RESKEY_token"
echo "stderr: $OCF_RESKEY_token" >&2
case $1 in
monitor) exit 7 ;;
start)
  if [ -n "$OCF_RESKEY_hangs" ]; then sleep 60; fi
  echo "ocf-exit-reason:No start with $OCF_RESKEY_token and $OCF_RESKEY_text" >&2
  exit 1 ;;
esac
exit 0
`;

describe('bundlet conformance', () => {
  let folder = '';
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundlet-command-line-'));
    await mkdir(join(folder, 'bin'));
    await program('talker', TALKER);
    await program('bin/bundlet', `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
    }
    await rm(folder, { recursive: true });
  });

  async function program(name: string, text: string): Promise<void> {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }

  function start(command: string, args: readonly string[]) {
    const { NO_COLOR: _, ...env } = process.env;
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...env, PATH: `${join(folder, 'bin')}:${env['PATH'] ?? ''}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  async function run(command: string, ...args: string[]) {
    const child = start(command, args);
    const texts = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      texts.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      texts.err += chunk;
    });
    const status = await new Promise((done) => child.once('close', done));
    return { status, ...texts };
  }

  const bundlet = (...args: string[]) => run('bundlet', 'conformance', ...args);
  const report = async (name: string): Promise<RunReport> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));

  it('makes a report that is valid by its schema', { timeout: LIMIT_MS }, async () => {
    const good = join(CHECKOUT, 'test/fixtures/conformance/good');
    const wanted = ['--only', 'ACT-04,INST-01', '--output', 'json=r.json'];
    const { status, out, err } = await bundlet(good, '-o', 'text=hello', ...wanted);
    expect(err).toBe('');
    expect(out).toMatch(/^ok +ACT-04 .*\nok +INST-01 .*$/m);
    expect(status).toBe(0);
    const made = await report('r.json');
    expect(schemaFaults(JSON.parse(await readFile(SCHEMA, 'utf8')), made)).toEqual([]);
    expect(made).toMatchObject({
      agent: { name: good, class: 'ocf' },
      environment: { place: 'sandbox', seed: 1 },
      summary: { passed: 2, mustFailed: 0 },
    });
    // What is given by hand, beside what the cases say.
    expect(made.agent.parameters).toMatchObject({ text: 'hello', port: '7411' });
    expect(made.checks.every(({ runs }) => runs.length > 0)).toBe(true);
    expect(made.costs.map(({ action }) => action)).toContain('start');
  });

  it('exits with 1 for a fault, and with 0 beside a baseline that knew of it', {
    timeout: LIMIT_MS,
  }, async () => {
    const agent = join(CHECKOUT, 'test/fixtures/conformance/probe-not-installed-1');
    const args = [agent, '-o', 'port=7498', '--only', 'INST-01'];
    const first = await bundlet(...args, '--output', 'json=before.json');
    expect(first.out).toMatch(/^FAIL +INST-01 /m);
    expect(first.status).toBe(1);
    const second = await bundlet(...args, '--baseline', 'before.json');
    expect(second.out).toContain('Against the baseline:\nnothing has changed\n');
    expect(second.status).toBe(0);
  });

  it('shows a secret in no format, wherever the agent prints it', { timeout: LIMIT_MS }, async () => {
    const canary = 'tweet"7\'<tweet>';
    const files = FORMATS.flatMap((format) => ['--output', `${format}=${format}.out`]);
    const wanted = ['--only', 'FAIL-01,FAIL-09', '-v', ...files];
    const { out, err, status } = await bundlet('./talker', '-o', `token=${canary}`, ...wanted);
    expect(status).toBe(0);
    expect(out).toContain('No start with [masked]');
    expect(out + err).not.toContain('tweet');
    for (const format of FORMATS) {
      const text = await readFile(join(folder, `${format}.out`), 'utf8');
      expect(text.length, format).toBeGreaterThan(0);
      expect(text, format).not.toContain('tweet');
    }
    const { agent, checks } = await report('json.out');
    expect(agent.parameters).toEqual({ token: '[masked]' });
    expect(checks[0]?.repeat).toBe("bundlet conformance ./talker -o 'token=[masked]' --only FAIL-01");
    expect(checks[0]?.runs.at(-1)).toMatchObject({ stdout: 'stdout: [masked]\n' });
  });

  it('tells a command that repeats a check, whatever is in its parameters', {
    timeout: LIMIT_MS,
  }, async () => {
    const text = 'two\nlines, it\'s "$(touch x)" ☃';
    await bundlet(
      './talker',
      '-o',
      `text=${text}`,
      '--only',
      'FAIL-01',
      '--seed',
      '7',
      '--output',
      'json=r.json',
    );
    const [check] = (await report('r.json')).checks;
    expect(check?.runs[1]?.stderr).toContain(text);
    const again = await run('bash', '-c', `${check?.repeat} --output json`);
    const made: RunReport = JSON.parse(again.out);
    expect(made.environment.seed).toBe(7);
    expect(made.checks[0]?.runs.map(({ stderr }) => stderr)).toEqual(check?.runs.map(({ stderr }) => stderr));
  });

  it('ends in order when it is interrupted: a whole report, status 130', { timeout: LIMIT_MS }, async () => {
    const wanted = ['--only', 'FAIL', '--output', 'ndjson', '--jobs', '1'];
    const child = start('bundlet', ['conformance', './talker', '-o', 'hangs=1', ...wanted]);
    const closed = new Promise((done) => child.once('close', done));
    const events: RunEvent[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const event: RunEvent = JSON.parse(line);
      events.push(event);
      // Its probe has ended: start goes on.
      if (event.type === 'action' && event.run.action === 'monitor') {
        child.kill('SIGINT');
      }
    }
    expect(await closed).toBe(130);
    const [first, last] = [events[0], events.at(-1)];
    if (first?.type !== 'began' || last?.type !== 'ended') {
      throw new Error(`Expected events from began to ended, got ${first?.type} to ${last?.type}`);
    }
    expect(last.report.checks.map(({ id }) => id)).toEqual(first.checks);
    expect(last.report.checks.map(({ reason }) => reason)).toContain('It was interrupted');
  });

  it('ends without a word when nobody reads on', { timeout: LIMIT_MS }, async () => {
    const wanted = 'bundlet conformance ./talker --only FAIL --output ndjson';
    const { status, out, err } = await run('bash', '-c', `${wanted} | head -1; exit "\${PIPESTATUS[0]}"`);
    expect(out.split('\n')).toHaveLength(2);
    expect([status, err]).toEqual([3, '']);
  });
});
