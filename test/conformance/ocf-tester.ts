// Runs ocf-tester beside ours and writes docs/conformance/ocf-tester.md: node test/conformance/ocf-tester.ts [PROVIDER:TYPE]…
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCases } from '../../src/conformance/cases/load-cases.ts';
import type { RunReport } from '../../src/conformance/result.ts';
import { COMPLAINTS, type Complaint, EXPLAINED, HUNG } from './complaints.ts';
import { type OcfTesterVerdict, runOcfTester } from './ocf-tester-run.ts';
import { DOC_FOLDER, debianAgents, REPORT_FOLDER, SEED_FOLDER } from './paths.ts';
import { kept, keptReport, runAgent } from './run-agent.ts';
import { SEEDS } from './seeds.ts';

/** It has none of its own; no agent here takes so long that does not hang. */
const LIMIT_MS = 90_000;

const HEAD = `# \`ocf-tester\` beside \`bundlet conformance\`

Both ran in namespaces of their own, with the same parameters. \`ocf-tester\` is that of resource-agents 4.12; it was ended after ${LIMIT_MS / 1000} s if it
had not ended by itself. A complaint is covered if a check that looks at the same thing fails, too.
Of agents with a fault only what it does not say of the good one counts.
`;

interface Row {
  readonly name: string;
  readonly theirs: string;
  readonly covered: string;
  readonly alone: string;
}

const seedRows: Row[] = [];
const good = await verdictOf('good', join(SEED_FOLDER, 'good'));
for (const { name } of SEEDS) {
  const agent = join(SEED_FOLDER, name);
  const all = await verdictOf(name, agent);
  const complaints = all.complaints.filter((line) => !good.complaints.includes(line));
  seedRows.push(await compare(name, { ...all, complaints }, (only) => runAgent({ agent, only })));
}
const debianRows: Row[] = [];
for (const { name, path, casesFile, reportFile } of await debianAgents(process.argv.slice(2))) {
  const verdict = await verdictOf(name.replace(':', '-'), path, casesFile);
  debianRows.push(await compare(name, verdict, () => keptReport(reportFile, { agent: path, casesFile })));
}
const caught = seedRows.filter(({ theirs }) => theirs !== '').length;
const text = `${HEAD}
## Agents with one fault each

Of ${SEEDS.length} it says something of ${caught}; ours finds all of them ([seeds.ts](../../test/conformance/seeds.ts)).

${table(seedRows.filter(({ theirs }) => theirs !== ''))}

## Debian's agents

${table(debianRows)}
`;
await writeFile(join(DOC_FOLDER, 'ocf-tester.md'), text);

/** Kept between runs of this script. */
async function verdictOf(name: string, agentPath: string, given?: string): Promise<OcfTesterVerdict> {
  const { cases } = await loadCases(given === undefined ? { agentPath } : { given });
  const file = join(REPORT_FOLDER, `ocf-tester-${name}.json`);
  return await kept(file, () => runOcfTester(agentPath, cases, LIMIT_MS));
}

/** Which of its complaints ours makes as well. */
async function compare(
  name: string,
  { verdict, complaints }: OcfTesterVerdict,
  reportOf: (only: readonly string[]) => Promise<RunReport>,
): Promise<Row> {
  const kinds = [...complaints.map(kindOf), ...(verdict === 'hung' ? [HUNG] : [])];
  const { checks } = await reportOf(kinds.flatMap((kind) => kind.checks));
  const failed = new Set(checks.filter(({ verdict: ours }) => ours === 'failed').map(({ id }) => id));
  const by = kinds.flatMap((kind) => kind.checks.filter((id) => failed.has(id)));
  const uncovered = kinds.filter((kind) => !kind.checks.some((id) => failed.has(id)));
  const row = {
    name,
    theirs: [...(verdict === 'hung' ? ['hangs'] : []), ...complaints].join('; '),
    covered: [...new Set(by)].join(' '),
    alone: [...new Set(uncovered.map(({ alone }) => alone ?? EXPLAINED[name] ?? 'not covered'))].join('; '),
  };
  console.log(`${row.name}: ${row.theirs} | ${row.covered} | ${row.alone}`);
  return row;
}

function kindOf(line: string): Complaint {
  return COMPLAINTS.find(({ words }) => words.test(line)) ?? { words: /^/, checks: [] };
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, theirs, covered, alone }) => `| ${name} | ${theirs} | ${covered} | ${alone} |`,
  );
  return [
    '| agent | `ocf-tester` says | ours that fail | not said by ours |',
    '| --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
