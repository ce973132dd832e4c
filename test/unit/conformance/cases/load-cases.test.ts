import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCases } from '../../../../src/conformance/cases/find-cases.ts';
import { loadCases } from '../../../../src/conformance/cases/load-cases.ts';
import { launcherText } from '../../../../src/process/own-agents.ts';

let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-cases-'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Makes a file; its folder, too. */
function file(path: string, text = 'works: "true"'): string {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

describe('the cases of an agent are', () => {
  it('cases.yaml beside it', async () => {
    const cases = file('alone/cases.yaml');
    expect(await findCases(file('alone/agent'))).toBe(cases);
  });

  it('NAME.cases.yaml before that', async () => {
    file('both/cases.yaml');
    const cases = file('both/agent.cases.yaml');
    expect(await findCases(file('both/agent'))).toBe(cases);
  });

  it('never cases.yaml where the agents of a provider are', async () => {
    file('ocf/resource.d/heartbeat/cases.yaml');
    const cases = file('ocf/resource.d/heartbeat/one.cases.yaml');
    expect(await findCases(file('ocf/resource.d/heartbeat/one'))).toBe(cases);
    expect(await findCases(file('ocf/resource.d/heartbeat/other'))).toBeUndefined();
  });

  it('those beside the module, for an agent of ours as it was installed', async () => {
    const way = '../../../bundlet';
    const text = launcherText({ name: 'web', provider: 'bundlet', path: '', way });
    const agent = file('usr/lib/ocf/resource.d/bundlet/web', text);
    expect(await findCases(agent)).toBeUndefined();
    const cases = file('usr/lib/bundlet/agents/web.cases.yaml');
    expect(await findCases(agent)).toBe(cases);
    const changed = file('usr/lib/ocf/resource.d/changed/web', `${text}# changed\n`);
    expect(await findCases(changed)).toBeUndefined();
  });

  it('none, beside something that is no file', async () => {
    expect(await findCases(join(root, 'nowhere/agent'))).toBeUndefined();
    expect(await findCases('/dev/null')).toBeUndefined();
  });
});

describe('loading', () => {
  it('takes what was given in place of what lies beside', async () => {
    file('given/cases.yaml', 'works: a');
    const given = file('given/other.yaml', 'works: b');
    const agentPath = file('given/agent');
    expect(await loadCases({ agentPath, given })).toEqual({
      cases: { works: 'b', instances: [{ name: 'conformance', parameters: {} }] },
      file: given,
    });
  });

  it('puts parameters of the command line over those of the first instance', async () => {
    const given = file(
      'o.yaml',
      'instances: [{ name: a, parameters: { x: 1, y: 2 } }, { name: b, parameters: { x: 3 } }]',
    );
    const { cases } = await loadCases({ given, parameters: { y: 'Y', z: '' } });
    expect(cases.instances).toEqual([
      { name: 'a', parameters: { x: '1', y: 'Y', z: '' } },
      { name: 'b', parameters: { x: '3' } },
    ]);
  });

  it('goes without any', async () => {
    expect(await loadCases({ agentPath: join(root, 'nowhere'), parameters: { a: 'b' } })).toEqual({
      cases: { instances: [{ name: 'conformance', parameters: { a: 'b' } }] },
    });
  });

  it('says what a file is wrong in, by its own name', async () => {
    const given = file('wrong.yaml', 'skip: { ACT-99: why }');
    await expect(loadCases({ given, checkIds: ['ACT-01'] })).rejects.toThrow(
      `${given}:1:1: Expected skip to name checks of this class of agents, got ACT-99`,
    );
  });

  it.each([
    ['nothing', 'ENOENT', () => join(root, 'none.yaml')],
    ['a folder', 'EINVAL', () => root],
    [
      'a pipe that nobody writes to',
      'EINVAL',
      () => {
        const path = join(root, 'pipe');
        execFileSync('mkfifo', [path]);
        return path;
      },
    ],
  ])('says that a file is %s', async (_what, code, make) => {
    const given = make();
    await expect(loadCases({ given })).rejects.toMatchObject({
      code: 'CASES_INVALID',
      message: `Expected ${given} to be a readable file of cases, got ${code}`,
    });
  });

  it('does not read a file to its end that is too large', async () => {
    const given = file('large.yaml', '#'.repeat(10_000_000));
    await expect(loadCases({ given })).rejects.toThrow('Expected at most 256 KiB, got 262145 bytes');
  });
});
