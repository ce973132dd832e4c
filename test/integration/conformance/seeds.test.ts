import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAgent } from '../../conformance/run-agent.ts';
import { SEEDS } from '../../conformance/seeds.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/conformance');
/** Each check has a limit of its own; this one is for machines that do much else. */
const LIMIT_MS = 180_000;

test('every broken agent has its row', async () => {
  const files = await readdir(FOLDER);
  const broken = files.filter((name) => !['beacon', 'cases.yaml', 'good'].includes(name));
  expect(SEEDS.map(({ name }) => name).toSorted()).toEqual(broken.toSorted());
  expect(SEEDS).toHaveLength(42);
});

for (const { name, checks, words } of SEEDS) {
  test(`${name} is caught by ${checks.join(' and ')}`, { timeout: LIMIT_MS }, async () => {
    const report = await runAgent({ agent: join(FOLDER, name), only: checks });
    const told = report.checks.map(({ id, verdict, findings }) => ({
      id,
      verdict,
      speaksOfIt: findings.some(({ expected, seen }) => words.test(`${expected}, got ${seen}`)),
    }));
    expect(told, JSON.stringify(report.checks, undefined, 2)).toEqual(
      checks.map((id) => ({ id, verdict: 'failed', speaksOfIt: true })),
    );
  });
}

test('the good agent passes every check', { timeout: 3 * LIMIT_MS }, async () => {
  const report = await runAgent({ agent: join(FOLDER, 'good') });
  const others = report.checks.filter(({ verdict }) => verdict !== 'passed');
  expect(others.map(({ id, verdict, reason, findings }) => ({ id, verdict, reason, findings }))).toEqual([]);
});
