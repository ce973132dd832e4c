import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES } from './cases/index.ts';
import type { AgentClass } from './model.ts';
import { playAll } from './pool.ts';
import type { CaseResult } from './report.ts';
import { toolsMissing } from './stage/tools.ts';

/** What needs no service of the machine; the rest is played by .ci/run. */
const CLASSES: readonly AgentClass[] = [
  'none',
  'ocf',
  'lsb',
  'service',
  ...(toolsMissing() === undefined ? (['tools'] as const) : []),
];

const chosen = CASES.filter(({ classes }) => classes.every((name) => CLASSES.includes(name)));
const names = chosen.map(({ name }) => name);
let results: readonly CaseResult[] = [];

beforeAll(async () => {
  const command = resolve(import.meta.dirname, '../../build/pacemaker-remoted');
  results = await playAll({ command, names, jobs: 6, onResult: () => undefined });
});

describe('the built daemon keeps the contract', () => {
  it.each(names)('%s', (name) => {
    const result = results.find((one) => one.name === name);
    expect(result?.failure).toBeUndefined();
    expect(result?.passed).toBe(true);
  });
});
