import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { type NamespaceEnd, startInPidNamespace } from '../../helpers/pid-namespace.ts';
import { buildInit, fixture, initEnv, initLines, workDir } from './init-kit.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Line number and the name that the warning shows. */
  readonly ignored?: readonly (readonly [number, string])[];
}

const init = buildInit();
const file = join(workDir, 'pcmk-init.env');
const cases = JSON.parse(readFileSync(fixture('env-file.cases.json'), 'utf8')) as readonly Case[];
useAudit({ dirs: [workDir] });

async function run(path: string, env: Readonly<Record<string, string>> = {}): Promise<NamespaceEnd> {
  await using box = await startInPidNamespace([init], {
    env: { ...initEnv(fixture('print-env.sh'), env), BUNDLET_INIT_ENV_FILE: path },
  });
  return await box.ended;
}

async function runWith(content: string, env: Readonly<Record<string, string>> = {}): Promise<NamespaceEnd> {
  writeFileSync(file, content);
  const end = await run(file, env);
  rmSync(file);
  return end;
}

// What the shell of the fixture adds, what pcmk-init adds, and what the test set.
const GIVEN = new Set([
  'PATH',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
  'BUNDLET_DAEMON',
  'BUNDLET_DAEMON_STOP_MS',
  'BUNDLET_INIT_ENV_FILE',
  'PCMK_logfile',
]);

function seen(end: NamespaceEnd): Record<string, string> {
  const variables = end.stdout.split('\0').filter((text) => text.includes('='));
  return Object.fromEntries(
    variables
      .map((text): [string, string] => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])
      .filter(([name]) => !GIVEN.has(name)),
  );
}

describe('the env file', () => {
  test.each(cases)('$name', async ({ file: content, env, ignored = [] }) => {
    const end = await runWith(content);
    expect(end.status).toBe(0);
    expect(seen(end)).toEqual(env);
    expect(initLines(end.stderr)).toEqual(
      ignored.map(([line, name]) =>
        expect.stringMatching(
          new RegExp(`^${file} line ${line}${name === '' ? '' : `, ${name}`} is ignored: `),
        ),
      ),
    );
    expect(end.stderr).not.toContain('S3CRET');
  });

  test('never overrides what the container was started with, not even an empty value', async () => {
    const end = await runWith('A=file\nB=file\nAB=file\n', { A: 'container', B: '' });
    expect(seen(end)).toEqual({ A: 'container', B: '', AB: 'file' });
  });

  test('may set what pcmk-init itself reads', async () => {
    const end = await runWith('BUNDLET_STOP_TIMEOUT=never\n');
    expect(initLines(end.stderr)).toEqual([expect.stringMatching(/^BUNDLET_STOP_TIMEOUT is "never"/)]);
  });

  test.each(['/nonexistent/file', workDir])('that cannot be read (%s) is skipped silently', async (path) => {
    expect(await run(path)).toMatchObject({ status: 0, stderr: '' });
  });

  test('that is a FIFO does not hold up the start', async () => {
    await using box = await startInPidNamespace(
      ['/bin/sh', '-c', 'mkfifo "$BUNDLET_INIT_ENV_FILE" && exec "$0"', init],
      { env: { ...initEnv('/bin/true'), BUNDLET_INIT_ENV_FILE: file } },
    );
    expect(await box.ended).toMatchObject({ status: 0, stderr: '' });
    rmSync(file);
  });

  const LIMIT = 65_536;
  test.each([LIMIT - 1, LIMIT])('of %i bytes is read', async (size) => {
    const end = await runWith(`A=b\n${'#'.repeat(size - 4 - 4)}\nC=d`);
    expect(seen(end)).toEqual({ A: 'b', C: 'd' });
    expect(end.stderr).toBe('');
  });

  test('of one byte more is ignored as a whole, with a word about it', async () => {
    const end = await runWith(`A=b\n${'#'.repeat(LIMIT + 1 - 4 - 4)}\nC=d`);
    expect(seen(end)).toEqual({});
    expect(initLines(end.stderr)).toEqual([
      `${file} is larger than 65536 bytes and is ignored as a whole: keep only assignments in it`,
    ]);
  });

  test.each([1024, 1025])('of %i variables gives 1,024', async (count) => {
    const end = await runWith(Array.from({ length: count }, (_, i) => `V${i}=${i}\n`).join(''));
    expect(Object.keys(seen(end))).toHaveLength(1024);
    expect(initLines(end.stderr)).toEqual(
      count > 1024 ? ['only the first 1024 variables of the env file are used'] : [],
    );
  });

  test('full of rubbish does not flood the log', async () => {
    const end = await runWith('rubbish\n'.repeat(500));
    const lines = initLines(end.stderr);
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe(`${file}: 490 more malformed lines are ignored`);
  });

  test('is not executed', async () => {
    const marker = join(workDir, 'marker');
    mkdirSync(marker);
    await runWith(`A=$(rmdir ${marker})\nB=\`rmdir ${marker}\`\n$(rmdir ${marker})\n`);
    rmSync(marker, { recursive: true });
  });
});
