// Makes the pages of docs/ that are lists out of the code. `npm run docs`; a unit test fails while they are stale.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { METRICS } from '../src/control/metrics.ts';
import { ERROR_CODES } from '../src/errors/codes.ts';
import { EVENTS } from '../src/observe/events.ts';
import { agentsReference } from './agents-page.ts';
import { checksReference } from './checks-page.ts';
import { commandsReference } from './cli-page.ts';
import { SCHEMAS } from './cli-schemas.ts';
import { dashboard } from './dashboard.ts';

const MADE = '<!-- Made by `npm run docs`; change the code and run it again. -->';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Every generated page by its path below docs/. */
export const PAGES: Readonly<Record<string, string>> = {
  'errors.md': `# Error codes

${MADE}

Errors of the daemon, the controller library and the tools carry one of these stable words as \`code\`. The message says
what was expected, what came and what to do.

${table(
  ['code', 'what to do'],
  Object.entries(ERROR_CODES).map(([code, remedy]) => [`\`${code}\``, remedy]),
)}
`,
  'agents/reference.md': `# Our agents: actions and parameters

${MADE}

As each agent declares them; \`/usr/lib/ocf/resource.d/bundlet/NAME meta-data\` shows the same. A \`duration\` is a time such as \`10\`
(seconds), \`500ms\` or \`2min\`. No two resources may have the same value of a unique parameter; a changed value of a
reloadable one takes effect without a restart. How to use them: [agents.md](../agents.md).

${agentsReference(table)}`,
  'conformance/checks.md': `# The checks of \`bundlet conformance\`

${MADE}

\`bundlet conformance --explain ID\` prints the same of one check, \`--list\` the ids. A MUST is what the standard says, or what damages a
cluster for certain otherwise; its failure makes the exit status 1. A SHOULD is everything else; it counts with \`--strict\`. Where a check
can not get what it needs it is skipped, and says so. What authors add in \`cases.yaml\` is a check, too: [cases.md](cases.md).

${await checksReference(table)}`,
  'metrics.md': `# Metrics

${MADE}

\`bundlet metrics\` prints them as OpenMetrics; with \`BUNDLET_HTTP=9121\` Prometheus gets them at \`http://127.0.0.1:9121/metrics\`
([health.md](health.md)). Counters have \`_total\` behind the name, histograms \`_bucket\`, \`_sum\` and \`_count\`. A series stays as long as
the daemon lives: what is down is 0 and not absent. A dashboard for Grafana: [grafana/bundlet.json](grafana/bundlet.json).

${table(
  ['metric', 'type', 'meaning'],
  Object.entries(METRICS).map(([name, { type, help }]) => [`\`${name}\``, type, help]),
)}

Worth an alert:

| expression | means |
| --- | --- |
| \`pcmk_agent_probe{probe="readyz"} == 0\` for 2 minutes | something that is to run does not |
| \`increase(pcmk_agent_resource_restarts_total[1h]) > 3\` | a resource is restarted again and again |
| \`rate(pcmk_agent_operation_lateness_seconds_sum[5m]) / rate(pcmk_agent_operation_lateness_seconds_count[5m]) > 1\` | the machine is too slow for its monitors |
| \`increase(pcmk_agent_handshake_failures_total[10m]) > 0\` | somebody has another key |
| \`pcmk_agent_daemon_restarts_total > 0\` | the daemon has died: report it |
`,
  'grafana/bundlet.json': `${JSON.stringify(dashboard(), undefined, 2)}\n`,
  'commands.md': `# The commands of \`bundlet\`

${MADE}

${commandsReference()}`,
  ...Object.fromEntries(
    Object.entries(SCHEMAS).map(([kind, schema]) => [
      `schemas/${kind}.schema.json`,
      `${JSON.stringify(schema, undefined, 2)}\n`,
    ]),
  ),
  'log-events.md': `# Log events

${MADE}

The daemon writes one JSON object a line: \`time\`, \`level\`, \`event\`, \`text\`, then the event's own fields. On a
terminal the same is written for people. Modules publish each event on \`diagnostics_channel\` as \`bundlet:EVENT\`.

${table(
  ['event', 'level', 'meaning'],
  Object.entries(EVENTS).map(([event, { level, text }]) => [`\`${event}\``, level, text]),
)}
`,
};

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(PAGES)) {
    const file = join(resolve(import.meta.dirname, '../docs'), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
