// What is read of an agent's program: as a text, at work under bash, by shellcheck.
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckResult } from '../../../src/conformance/result.ts';
import { metadataText, parameterText } from '../../helpers/conformance/metadata-text.ts';
import { CHECKOUT, runReal } from '../../helpers/conformance/real-run.ts';

/** An agent that keeps its state in a file, with these parameters and this further program. */
async function agentWith(
  parameters: readonly string[],
  program: string,
  interpreter = '/bin/sh',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'static-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'agent');
  const metadata = metadataText({
    attributes: 'name="agent" version="1"',
    parameters: parameters.map((name) => parameterText(`name="${name}"`)).join('\n'),
  });
  await writeFile(
    path,
    `#!${interpreter}
case $1 in
meta-data) cat <<'END'
${metadata.trimEnd()}
END
exit ;;
esac
${program}
case $1 in
start) : >/run/agent.up ;;
stop) rm -f /run/agent.up ;;
monitor) [ -e /run/agent.up ] || exit 7 ;;
validate-all) ;;
*) exit 3 ;;
esac
`,
  );
  await chmod(path, 0o755);
  return path;
}

async function check(id: string, path: string): Promise<CheckResult> {
  const [result] = await runReal(path, { only: [id] });
  return result ?? expect.fail(`no check ${id}`);
}

const findingsOf = ({ findings }: CheckResult): readonly string[] =>
  findings.map(({ expected, seen }) => `${expected}: ${seen}`);

describe('META-14', () => {
  it('names what is read and not declared, and what is declared and not read', async () => {
    const path = await agentWith(['file', 'mode'], 'test -n "$OCF_RESKEY_fiel" || test "$OCF_RESKEY_mode"');
    expect(findingsOf(await check('META-14', path))).toEqual([
      'fiel to be declared, since the script reads it: no such parameter, and OCF_RESKEY_fiel in line 23',
      'file to be used, since it is declared: nothing that reads OCF_RESKEY_file',
    ]);
  });

  it('says nothing of what a script may put together, but for a note', async () => {
    const path = await agentWith(['file'], 'for n in file; do eval "v=\\$OCF_RESKEY_$n"; done');
    const { verdict, notes } = await check('META-14', path);
    expect(verdict).toBe('passed');
    expect(notes.join()).toMatch(/whether it reads file$/);
  });
});

describe('STAT-01', () => {
  const LOOP = 'for n in file hidden; do eval "v=\\$OCF_RESKEY_$n"; done; test "$OCF_RESKEY_never" && v=1';

  it.each(['/bin/sh', '/bin/bash'])('sees by which names a script of %s reads', async (interpreter) => {
    const path = await agentWith(['file', 'lost'], LOOP, interpreter);
    expect(findingsOf(await check('STAT-01', path))).toEqual([
      'hidden to be declared, since it is read: no such parameter',
      'lost to be read, since it is declared: no name of it in the script, and nothing that read it from start to stop',
    ]);
  });

  it('sees names behind an indirection of bash', async () => {
    const path = await agentWith(
      ['file'],
      `n=hidden; n="OCF_RESKEY_$n"; v=\${!n}; : "$OCF_RESKEY_file"`,
      '/bin/bash',
    );
    expect(findingsOf(await check('STAT-01', path))).toEqual([
      'hidden to be declared, since it is read: no such parameter',
    ]);
  });

  it('notes what these parameters do not lead to', async () => {
    const path = await agentWith(['file', 'mode'], 'test -z "$OCF_RESKEY_file" || test "$OCF_RESKEY_mode"');
    const { verdict, notes } = await check('STAT-01', path);
    expect({ verdict, notes }).toEqual({
      verdict: 'passed',
      notes: ['Not read with these parameters: mode'],
    });
  });

  it('is skipped for an agent that is no shell script', async () => {
    const path = join(CHECKOUT, 'build/bundlet');
    expect((await check('STAT-01', path)).verdict).toBe('skipped');
  });
});

describe.skipIf(!existsSync('/usr/bin/shellcheck'))('STAT-02', () => {
  it('names codes and lines of what hurts, and leaves style alone', async () => {
    const path = await agentWith(
      ['file'],
      'cd /run\n[ "$1" > 3 ]\nx=`echo $1`\ntest -e $OCF_RESKEY_file\nrm -rf "$x/"*',
    );
    const said = findingsOf(await check('STAT-02', path)).map((each) => each.replace(/:.*: /, ': '));
    expect(said.toSorted()).toEqual([
      'no SC2071: line 23',
      'no SC2086: line 25',
      'no SC2115: line 26',
      'no SC2164: line 22',
    ]);
  });

  it('finds nothing in an agent without pitfalls', async () => {
    expect((await check('STAT-02', await agentWith(['file'], ': "$OCF_RESKEY_file"'))).verdict).toBe(
      'passed',
    );
  });
});
