// Runs Debian's agents and writes docs/conformance/debian-agents.md: node test/conformance/debian.ts [PROVIDER:TYPE]…
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult, RunReport } from '../../src/conformance/result.ts';
import { DOC_FOLDER, debianAgents } from './paths.ts';
import { keptReport } from './run-agent.ts';

const HEAD = `# Debian's resource agents under \`bundlet conformance\`

Agents of Debian 12 (resource-agents 4.12, pacemaker 2.1.5) that need no infrastructure, each with the cases of \`test/conformance/debian\`.
Every check had a sandbox of its own. Which findings were verified by hand, and how, says [findings.md](findings.md).

| agent | passed | skipped | MUST failed | SHOULD failed |
| --- | --- | --- | --- | --- |
`;

const rows: string[] = [];
for (const agent of await debianAgents(process.argv.slice(2))) {
  const { path, casesFile, reportFile } = agent;
  const report = await keptReport(reportFile, { agent: path, casesFile });
  rows.push(rowOf(agent.name, report));
  console.log(rows.at(-1));
}
await writeFile(join(DOC_FOLDER, 'debian-agents.md'), `${HEAD}${rows.join('\n')}\n`);

function rowOf(name: string, { checks, summary }: RunReport): string {
  const failed = (level: CheckResult['level']): string =>
    checks
      .filter((check) => check.verdict === 'failed' && check.level === level)
      .map(({ id }) => id)
      .join(' ');
  return `| ${name} | ${summary.passed} | ${summary.skipped} | ${failed('must')} | ${failed('should')} |`;
}
