// Our own agents pass what we ask of others', SHOULD as well. The whole runs take minutes: here are all checks of the lightest agent, and of
// the others those groups that tell most of them. The whole: bundlet conformance ocf:bundlet:NAME --profile strict.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/conformance/result.ts';
import { AGENTS } from '../../../src/process/own-agents.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { titled } from '../../helpers/systemd.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const BUNDLET = join(CHECKOUT, 'build/bundlet');
/** Of a machine that has other things to do. */
const LIMIT_MS = 600_000;

interface Row {
  /** Programs without which it is not tried. */
  readonly needs: readonly ('apache2' | 'ganesha.nfsd')[];
  /** Default: all. */
  readonly only?: string;
}

/** META, PAR and INST read what it declares and says; FAIL, CONC and LEFT are where agents of services go wrong. */
const ROWS: Readonly<Record<string, Row>> = {
  dummy: { needs: [] },
  stateful: { needs: [], only: 'META,PAR,ACT,PROM,NOT,CONC,NEST,CASE' },
  process: { needs: [], only: 'META,PAR,FAIL-0*,INST,CONC,LEFT,CASE' },
  apache: {
    needs: ['apache2'],
    only: 'META,PAR-01,PAR-03,PAR-04,ACT-0*,ACT-16,FAIL-0*,INST,CONC-02,LEFT-01,CASE',
  },
  nfsserver: {
    needs: ['ganesha.nfsd'],
    only: 'META,PAR-01,PAR-03,PAR-04,ACT-04,ACT-07,ACT-16,FAIL-0*,INST,CONC-02,LEFT-01,CASE',
  },
};

describe('our agents', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundlet-our-agents-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are all here', () => {
    const names = new Set(AGENTS.map(({ name }) => name));
    expect(Object.keys(ROWS).sort()).toEqual([...names].sort());
  });

  for (const [name, { needs, only = '*' }] of Object.entries(ROWS)) {
    const why = whyWithout(...needs);
    it.skipIf(why !== undefined)(
      titled(name, why),
      async () => {
        const { checks } = await check(name, only, join(folder, `${name}.json`));
        const wrong = checks.filter(({ verdict }) => verdict === 'failed' || verdict === 'broken');
        expect(wrong.map(({ id, reason, findings }) => ({ id, reason, findings }))).toEqual([]);
        const passed = checks.filter(({ verdict }) => verdict === 'passed').map(({ id }) => id);
        expect(passed.length).toBeGreaterThan(25);
        expect(passed).toContainEqual(expect.stringMatching(/^CASE-/));
      },
      LIMIT_MS,
    );
  }
});

/** Without the checks whose verdict depends on how fast this machine is now. */
async function check(name: string, only: string, report: string): Promise<RunReport> {
  const words = [
    '--only',
    only,
    '--skip',
    'META-09,TIME',
    '--profile',
    'strict',
    '--output',
    `json=${report}`,
  ];
  await promisify(execFile)(BUNDLET, ['conformance', `ocf:bundlet:${name}`, ...words]).catch(
    ({ code, stderr }: { code?: unknown; stderr?: string }) => {
      // 1 is judged by the report.
      expect([code, stderr]).toEqual([1, '']);
    },
  );
  return JSON.parse(readFileSync(report, 'utf8')) as RunReport;
}
