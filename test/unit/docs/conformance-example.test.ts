import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readCases } from '../../../src/conformance/cases/read-cases.ts';
import { FORMATS } from '../../../src/conformance/output/format-names.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly on: object;
  readonly jobs: Readonly<Record<string, { readonly 'runs-on': string; readonly steps: readonly Step[] }>>;
}

describe('examples/conformance', () => {
  const workflow = parse(read('examples/conformance/workflow.yml')) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const scripts = steps.flatMap(({ run = [] }) => run);
  const command = scripts.find((script) => script.includes('conformance')) ?? '';

  it('has a workflow whose steps run a script or an action of a fixed version', () => {
    expect(Object.keys(workflow.on)).toEqual(['push', 'pull_request']);
    expect(Object.values(workflow.jobs).map((job) => job['runs-on'])).toEqual(['ubuntu-24.04']);
    const wrong = steps.filter(({ uses, run }) => (uses === undefined) === (run === undefined));
    expect(wrong).toEqual([]);
    expect(steps.flatMap(({ uses = [] }) => uses)).toEqual(
      Array(3).fill(expect.stringMatching(/^actions\/[\w-]+@v\d+$/)),
    );
  });

  it.each(scripts)('has scripts that a shell reads: %s', (script) => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('asks for options and formats that there are', () => {
    const told = read('docs/conformance/formats.md');
    const [, words = ''] = /conformance (.*)$/s.exec(command) ?? [];
    const options = [...words.matchAll(/--[\w-]+/g)].map(([option]) => option);
    expect(options.length).toBeGreaterThan(2);
    expect(options.filter((option) => !told.includes(`\`${option} `))).toEqual([]);
    const formats = [...words.matchAll(/--output (\w+)/g)].map(([, format]) => format);
    expect(formats.filter((format) => !FORMATS.some((known) => known === format))).toEqual([]);
  });

  it('has cases that are read', () => {
    const cases = readCases(read('examples/conformance/memcached.cases.yaml'), 'example', []);
    expect([cases.instances.length, cases.cases?.map(({ name }) => name)]).toEqual([2, ['port-taken']]);
  });
});
