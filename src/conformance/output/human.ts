import { styleText } from 'node:util';
import type { CheckResult, RunEvent, RunReport } from '../result.ts';
import type { Run } from '../run.ts';
import { costLines } from './costs.ts';
import { detailsOf, runDetails, type Told } from './details.ts';
import { countsText, isTrouble, type Mark, markOf, timeText } from './mark.ts';
import type { Reporter, View, Write } from './reporter.ts';
import { safeLine, safeLines, shortened } from './safe-text.ts';
import { StatusLine } from './status-line.ts';

/** Lines of what an agent printed, unless everything is wanted. */
const OUTPUT_LINES = 20;
const MARK_WIDTH = 'broken'.length;
/** Of names in details; `expected` is the longest. */
const NAME_WIDTH = 9;

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Mark, Style>> = {
  ok: 'green',
  FAIL: ['red', 'bold'],
  warn: 'yellow',
  skip: 'dim',
  broken: ['magenta', 'bold'],
};

/** The view for people: a line for each check, what is wrong below it, a summary; and on a terminal what goes on just now. */
export class HumanReporter implements Reporter {
  readonly #view: View;
  readonly #write: Write;
  readonly #status: StatusLine | undefined;
  readonly #running = new Map<string, { readonly sinceMs: number; actions: number; last: string }>();
  #total = 0;
  #done = 0;

  constructor(write: Write, view: View) {
    this.#view = view;
    this.#status = view.columns === undefined ? undefined : new StatusLine(write, view.columns, view.clock);
    this.#write = (text) => (this.#status === undefined ? write(text) : this.#status.above(text));
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'began':
        this.#begin(event);
        break;
      case 'check-began':
        this.#running.set(event.id, { sinceMs: this.#view.clock.nowMs(), actions: 0, last: '' });
        break;
      case 'action':
        this.#act(event.id, event.run);
        break;
      case 'check-ended':
        this.#running.delete(event.result.id);
        this.#done += 1;
        this.#check(event.result);
        break;
      case 'ended':
        this.close();
        this.#end(event.report);
        return;
    }
    this.#status?.show(() => this.#statusText());
  }

  close(): void {
    this.#status?.end();
  }

  #begin({ report, checks }: Extract<RunEvent, { type: 'began' }>): void {
    const { agent, environment } = report;
    this.#total = checks.length;
    if (this.#view.detail !== 'quiet') {
      const version = agent.agentVersion === undefined ? '' : ` ${safeLine(agent.agentVersion)}`;
      this.#write(
        `${this.#styled('bold', `${safeLine(agent.name)}${version}`)}: ${checks.length} ${checks.length === 1 ? 'check' : 'checks'}, ${environment.place}, seed ${environment.seed}\n\n`,
      );
    }
  }

  #act(id: string, run: Run): void {
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.actions += 1;
      running.last = run.action;
    }
  }

  #check(result: CheckResult): void {
    const { detail, strict } = this.#view;
    const mark = markOf(result, strict);
    const isLoud = mark === 'FAIL' || mark === 'broken';
    if (detail === 'quiet' && !isLoud) {
      return;
    }
    const why = result.verdict === 'skipped' ? `: ${safeLine(result.reason ?? '')}` : '';
    const head = `${this.#styled(STYLES[mark], mark.padEnd(MARK_WIDTH))} ${result.id.padEnd(7)} ${safeLine(result.title)}`;
    this.#write(`${head}${why} ${this.#styled('dim', `(${timeText(result.ms)})`)}\n${this.#details(result)}`);
  }

  #details(result: CheckResult): string {
    const isVerbose = this.#view.detail === 'verbose';
    const told = isTrouble(result)
      ? detailsOf(result, isVerbose)
      : isVerbose
        ? [...result.runs.flatMap(runDetails), ...result.notes.map((text) => ({ name: 'note', text }))]
        : [];
    return told.map((one) => this.#told(one)).join('');
  }

  /** What an agent printed stands behind a bar: it is no word of ours, nor a command for whoever reads the log of a CI. */
  #told({ name, text, isOutput }: Told): string {
    const indent = ' '.repeat(MARK_WIDTH + 1);
    const limit = this.#view.detail === 'verbose' ? Number.POSITIVE_INFINITY : OUTPUT_LINES;
    const lines = shortened(safeLines(text), limit);
    const bar = isOutput || lines.length > 1 ? '| ' : '';
    return lines
      .map((line) => `${bar}${line}`)
      .map((line, index) => `${indent}${(index === 0 ? name : '').padEnd(NAME_WIDTH)} ${line}\n`)
      .join('');
  }

  #end(report: RunReport): void {
    const { comparison, costs, summary } = report;
    const isBad = summary.mustFailed + summary.broken + (this.#view.strict ? summary.shouldFailed : 0) > 0;
    const isQuiet = this.#view.detail === 'quiet';
    const counts = `${countsText(report)} in ${timeText(report.ms)}`;
    const parts = [
      ...(isQuiet || costs.length === 0 ? [] : [`\n${costLines(costs).join('\n')}\n`]),
      ...(comparison === undefined ? [] : this.#comparison(comparison)),
      `${isQuiet ? '' : '\n'}${this.#styled(isBad ? ['red', 'bold'] : 'green', counts)}\n`,
    ];
    this.#write(parts.join(''));
  }

  #comparison({ regressions, better }: NonNullable<RunReport['comparison']>): readonly string[] {
    const lines = [
      ...regressions.map((text) => `${this.#styled('red', 'worse')}  ${safeLine(text)}\n`),
      ...better.map((text) => `${this.#styled('green', 'better')} ${safeLine(text)}\n`),
    ];
    return ['\nAgainst the baseline:\n', ...(lines.length === 0 ? ['nothing has changed\n'] : lines)];
  }

  #statusText(): string {
    const head = `[${this.#done}/${this.#total}]`;
    const [first] = this.#running;
    if (first === undefined) {
      return head;
    }
    const [id, { sinceMs, actions, last }] = first;
    const more = this.#running.size > 1 ? ` and ${this.#running.size - 1} more` : '';
    const after =
      actions === 0 ? '' : `, ${actions} ${actions === 1 ? 'action' : 'actions'}, the last ${safeLine(last)}`;
    const seconds = Math.floor((this.#view.clock.nowMs() - sinceMs) / 1000);
    return `${head} ${id}${more}${after}, ${seconds} s`;
  }

  #styled(style: Style, text: string): string {
    return this.#view.colours ? styleText(style, text, { validateStream: false }) : text;
  }
}
