// Runs every check on every agent with a fault and writes docs/conformance/seeds.md: node test/conformance/matrix.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult } from '../../src/conformance/result.ts';
import { DOC_FOLDER, REPORT_FOLDER, SEED_FOLDER } from './paths.ts';
import { keptReport } from './run-agent.ts';
import { SEEDS } from './seeds.ts';

const HEAD = `# The runner's own acceptance: agents with one fault each

The agents are in \`test/fixtures/conformance\`; each differs from the good one, which passes everything, in one place.
\`test/integration/conformance/seeds.test.ts\` holds that every one is caught by the check that names it.
What else finds it: a fault in \`start\` or \`monitor\` shows wherever these are used. Checks that could not be told for the fault are left out.

| agent | named by | found by others, too | seconds |
| --- | --- | --- | --- |
`;

const rows: string[] = [];
for (const { name, checks: named } of [{ name: 'good', checks: [] as readonly string[] }, ...SEEDS]) {
  const file = join(REPORT_FOLDER, `seed-${name}.json`);
  const { checks, ms } = await keptReport(file, { agent: join(SEED_FOLDER, name) });
  const found = checks.filter(isFailed).map(({ id }) => id);
  const missed = named.filter((id) => !found.includes(id)).map((id) => `${id} (missed)`);
  const by = [...named.filter((id) => found.includes(id)), ...missed].join(' ');
  const others = found.filter((id) => !named.includes(id)).join(' ');
  rows.push(`| ${name} | ${by} | ${others} | ${Math.round(ms / 1000)} |`);
  console.log(rows.at(-1));
}
await writeFile(join(DOC_FOLDER, 'seeds.md'), `${HEAD}${rows.join('\n')}\n`);

function isFailed({ verdict }: CheckResult): boolean {
  return verdict === 'failed';
}
