import type { CheckResult, RunEvent, RunReport } from '../result.ts';
import { costRows } from './costs.ts';
import { detailsOf, headline, type Told } from './details.ts';
import { countsText, isTrouble, markOf, timeText } from './mark.ts';
import type { Reporter, View, Write } from './reporter.ts';
import { safeLine, safeLines, shortened } from './safe-text.ts';

/** Lines of what an agent printed. */
const OUTPUT_LINES = 40;

/** A report for people to read in a browser: what is wrong first, then all checks and what actions cost. */
export class MarkdownReporter implements Reporter {
  readonly #write: Write;
  readonly #view: View;

  constructor(write: Write, view: View) {
    this.#write = write;
    this.#view = view;
  }

  take(event: RunEvent): void {
    if (event.type === 'ended') {
      this.#write(markdownText(event.report, this.#view));
    }
  }

  close(): void {
    // Nothing is held.
  }
}

/** The same as a text, for the summary of a job. */
export function markdownText(report: RunReport, { strict }: Pick<View, 'strict'>): string {
  const { agent, environment, checks, comparison } = report;
  const parameters = Object.entries(agent.parameters).map(([name, value]) => cellCode(`${name}=${value}`));
  const trouble = checks.filter(isTrouble);
  return [
    `# Conformance of ${escaped(agent.name)}`,
    `${countsText(report)} in ${timeText(report.ms)}`,
    table(
      ['what', 'is'],
      [
        [
          'agent',
          `${cellCode(agent.path)}${agent.agentVersion === undefined ? '' : ` ${escaped(agent.agentVersion)}`}`,
        ],
        ['parameters', parameters.join(' ') || 'none'],
        [
          'where',
          escaped(
            `${environment.place}, ${environment.system}, Linux ${environment.kernel}, as ${environment.user}`,
          ),
        ],
        ['when', `${report.startedAt}, by Bundlet ${escaped(report.bundlet)}, seed ${environment.seed}`],
      ],
    ),
    ...(comparison === undefined ? [] : ['## Against the baseline', ...comparisonParts(comparison)]),
    ...(trouble.length === 0 ? [] : ['## What is wrong', ...trouble.map((check) => section(check, strict))]),
    '## All checks',
    table(
      ['', 'check', 'rule', 'time', 'remark'],
      checks.map((check) => [
        markOf(check, strict),
        check.id,
        escaped(check.title),
        timeText(check.ms),
        escaped(
          check.verdict === 'passed'
            ? check.notes.join('; ')
            : isTrouble(check)
              ? headline(check)
              : (check.reason ?? ''),
        ),
      ]),
    ),
    ...(report.costs.length === 0 ? [] : ['## What actions cost', table(...costRows(report.costs))]),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

function comparisonParts({ regressions, better }: NonNullable<RunReport['comparison']>): readonly string[] {
  const lines = [
    ...regressions.map((text) => `- worse: ${escaped(text)}`),
    ...better.map((text) => `- better: ${escaped(text)}`),
  ];
  return [lines.length === 0 ? 'Nothing has changed.' : lines.join('\n')];
}

function section(check: CheckResult, strict: boolean): string {
  const title = `### ${markOf(check, strict)} ${check.id} ${escaped(check.title)}`;
  return [title, ...detailsOf(check).map(toldText)].join('\n\n');
}

function toldText({ name, text, isOutput }: Told): string {
  if (!isOutput) {
    return `- ${name}: ${name === 'repeat' ? code(text) : escaped(text)}`;
  }
  const lines = shortened(safeLines(text), OUTPUT_LINES);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`  ${name}:`, '', `  ${fence}text`, ...lines.map((line) => `  ${line}`), `  ${fence}`].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as text: nothing in it is a mark, a link or an element. */
function escaped(text: string): string {
  return safeLine(text).replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&');
}

/** A text in the type of a program. */
function code(text: string): string {
  const line = safeLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** In a table a bar ends a cell even there. */
const cellCode = (text: string): string => code(text).replaceAll('|', '\\|');
